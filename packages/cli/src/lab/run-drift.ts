import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UnswapError } from '@unswap/contract'
import { readCalibration } from '@unswap/detector'
import { countsSince, driftToHtml, driftToText, findDrift, readCounts } from '@unswap/lab'
import type { Outcome } from '../exit-status.ts'
import { printable } from '../terminal/printable.ts'

/** A service that does not answer in this time is not well. */
const PATIENCE = 10_000

export interface DriftFlags {
  readonly metrics: string
  readonly calibration: string
  readonly since?: string
  readonly share?: number
  readonly header?: readonly string[]
  readonly json?: string
  readonly html?: string
}

/** `unswap drift`: figures on stdout, and exit 1 when the probabilities have drifted. */
export async function runDrift(flags: DriftFlags): Promise<Outcome> {
  const { calibration: path } = flags
  const { calibration } = await readCalibration(
    path.endsWith('.json') ? path : join(path, 'calibration.json'),
  )
  const now = readCounts(await readMetrics(flags.metrics, flags.header))
  const live = flags.since ? countsSince(now, readCounts(await readMetrics(flags.since))) : now
  const drift = findDrift(live, calibration, flags.share)
  if (drift.kinds.length === 0) {
    throw new UnswapError(
      'bad_option',
      `The calibration at ${printable(path)} holds no reference to compare with: fit one with \`unswap calibrate\`.`,
    )
  }
  if (flags.json) await writeFile(flags.json, `${JSON.stringify(drift, null, 2)}\n`)
  if (flags.html) await writeFile(flags.html, driftToHtml(drift))
  process.stdout.write(driftToText(drift))
  return drift.level === 'drift' ? 'verdict' : 'done'
}

async function readMetrics(from: string, headers: readonly string[] = []): Promise<string> {
  const failed = (cause: unknown) =>
    new UnswapError(
      'bad_option',
      `The metrics at ${printable(from)} cannot be read: ${cause instanceof Error ? cause.message : cause}.`,
      { cause },
    )
  if (!/^https?:\/\//.test(from)) {
    return readFile(from, 'utf8').catch((cause) => {
      throw failed(cause)
    })
  }
  const given = headers.map((header) => {
    const [name, ...value] = header.split(':')
    return [name!.trim(), value.join(':').trim()] as [string, string]
  })
  const signal = AbortSignal.timeout(PATIENCE)
  const response = await fetch(from, { headers: given, signal }).catch((cause) => {
    throw failed(cause)
  })
  if (!response.ok) {
    throw failed(`it answers ${response.status}; a service may need --header "Authorization: Bearer …"`)
  }
  return response.text()
}
