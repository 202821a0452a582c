import { expect, test } from 'vitest'
import { killAtLines } from './kill-at-lines.ts'

test.each(['service', 'analysing process'] as const)(
  'kill -9 of the %s at every log line of a job: it completes once, and nothing is left over',
  async (victim) => {
    const { kills, lines } = await killAtLines(victim, 1, 1)
    console.log(`${victim}: ${kills} deaths over ${lines} lines`)
    expect(kills).toBeGreaterThanOrEqual(victim === 'service' ? 30 : 10)
  },
)
