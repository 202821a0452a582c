import type { Timings } from './options.ts'

type Stage = Exclude<keyof Timings, 'total'>

/** Adds up the time spent per stage. Stages overlap when crops are being scored, so parts may exceed the total. */
export interface Clock {
  time<T>(stage: Stage, work: () => T | Promise<T>): Promise<T>
  read(): Timings
}

export function startClock(): Clock {
  const started = performance.now()
  const spent: Record<Stage, number> = { media: 0, faces: 0, scoring: 0, temporal: 0, report: 0 }
  return {
    async time(stage, work) {
      const begin = performance.now()
      try {
        return await work()
      } finally {
        spent[stage] += performance.now() - begin
      }
    },
    read: () => ({ ...spent, total: performance.now() - started }),
  }
}
