import type { Outcome } from '../exit-status.ts'
import { painter, type Style } from '../terminal/paint.ts'
import { checkAnalysis } from './check-analysis.ts'
import { checkDecoders } from './check-decoders.ts'
import { checkMachine } from './check-machine.ts'
import type { DoctorCheck } from './doctor-check.ts'

const STATE_STYLE: Record<DoctorCheck['state'], Style> = { ok: 'green', limited: 'yellow', missing: 'red' }

/** `unswap doctor`: one line per check and the command that mends it. `done` only when the main job works. */
export async function runDoctor(flags: { modelsDir: string; json?: true }): Promise<Outcome> {
  const checks = [
    ...(await checkMachine()),
    ...(await checkDecoders()),
    ...(await checkAnalysis(flags.modelsDir)),
  ]
  const works = checks.every(({ state }) => state !== 'missing')
  process.stdout.write(flags.json ? `${JSON.stringify({ works, checks }, null, 2)}\n` : asText(checks, works))
  return works ? 'done' : 'setup'
}

function asText(checks: readonly DoctorCheck[], works: boolean): string {
  const paint = painter(process.stdout, true)
  const lines = checks.map(({ name, state, detail, mend }) => {
    const line = `${paint(STATE_STYLE[state], state.padEnd(8))} ${name.padEnd(22)} ${detail}`
    return mend === null ? line : `${line}\n${' '.repeat(32)}mend it: ${mend}`
  })
  return `${[...lines, '', works ? 'Unswap works here.' : 'Unswap cannot do its job here yet.'].join('\n')}\n`
}
