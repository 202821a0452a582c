import type { TimeEstimate } from '@unswap/lab'
import { duration } from '../terminal/duration.ts'

/** What a dry run found, a line for each step and one for the sum. */
export function estimateTable(estimates: readonly TimeEstimate[]): string {
  const known = estimates.reduce((sum, { seconds }) => sum + (seconds ?? 0), 0)
  const open = estimates.some(({ seconds }) => seconds === null)
  const rows = estimates.map(({ step, seconds, basis }) =>
    line(step, seconds === null ? '?' : duration(seconds), basis),
  )
  return [...rows, line('together', duration(known), open ? 'and what is not measured' : '')].join('')
}

const line = (step: string, time: string, basis: string) => `${step.padEnd(26)}${time.padEnd(10)}${basis}\n`
