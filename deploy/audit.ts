// npm run audit: checks the lock file against the registry's security advisories. Exit status 1: one of level high or
// critical. 2: the advisories could not be fetched, so nothing was checked.
import { execFile } from 'node:child_process'

interface Audit {
  readonly vulnerabilities?: Readonly<
    Record<string, { readonly severity: string; readonly range: string; readonly fixAvailable: unknown }>
  >
}

const GRAVE = ['high', 'critical']

const answer = await new Promise<string>((resolve) => {
  // npm's exit status is the same for a weakness and for a silent registry, so its output decides.
  execFile('npm', ['audit', '--json'], { maxBuffer: 64 * 1024 ** 2 }, (_error, stdout) => resolve(stdout))
})
const { vulnerabilities } = read(answer)
if (vulnerabilities === undefined) {
  console.error(
    'The registry’s advisories cannot be asked from here (offline, or a mirror without them): nothing was checked.',
  )
  process.exitCode = 2
} else {
  const found = Object.entries(vulnerabilities)
  for (const [name, { severity, range, fixAvailable }] of found) {
    console.log(`${severity}: ${name} ${range}${fixAvailable ? ', a fix is available' : ''}`)
  }
  console.log(`${found.length} packages with known weaknesses.`)
  if (found.some(([, { severity }]) => GRAVE.includes(severity))) process.exitCode = 1
}

function read(text: string): Audit {
  try {
    return JSON.parse(text) as Audit
  } catch {
    return {}
  }
}
