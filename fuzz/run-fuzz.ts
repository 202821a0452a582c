// npm run fuzz: broken and hostile media by the thousand, each to end in a report or in an error with a code.
import { mkdir, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { fuzzMedia, type Tally } from './media/fuzz-media.ts'

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    workers: { type: 'string', default: '2' },
    heavy: { type: 'string', default: '1000' },
    minutes: { type: 'string', default: '600' },
  },
})
const RESULT = fileURLToPath(new URL('../bench/results/fuzz.json', import.meta.url))
const EVERY = 100

const began = Date.now()
const inputs = Number(values.inputs)
const progress = ({ inputs: done, crashes, hangs, leaks, failures }: Tally) => {
  if (done % EVERY !== 0) return
  const seconds = Math.round((Date.now() - began) / 1000)
  console.error(
    `${done}/${inputs} in ${seconds} s: ${crashes} crashes, ${hangs} hangs, ${leaks} leaks, ${failures.length} failures`,
  )
  for (const { index, what, detail } of failures.slice(printed))
    console.error(`  ${index} ${what}: ${detail}`)
  printed = failures.length
}
let printed = 0

const tally = await fuzzMedia({
  inputs,
  seed: Number(values.seed),
  workers: Number(values.workers),
  heavy: Number(values.heavy),
  hangSeconds: 120,
  until: began + Number(values.minutes) * 60_000,
  memoryBytes: 4 * 1024 ** 3,
  onOutcome: progress,
})
const seconds = Math.round((Date.now() - began) / 1000)
await mkdir(new URL('../bench/results/', import.meta.url), { recursive: true })
await writeFile(RESULT, `${JSON.stringify({ seed: Number(values.seed), seconds, ...tally }, null, 2)}\n`)
console.log(JSON.stringify({ seconds, ...tally }, null, 2))
process.exitCode = tally.failures.length === 0 && tally.connections === 0 ? 0 : 1
