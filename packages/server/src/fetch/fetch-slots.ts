import { Refusal } from '../to-problem.ts'

/** Fetches that one caller may have open at a time, and that may go to one host. */
const MOST_OF_CALLER = 16
const MOST_TO_HOST = 32

/** Counts open fetches, so that addresses that never answer hold neither other callers' fetches nor other hosts. */
export interface FetchSlots {
  /**
   * Takes a slot, until what it returns is called.
   * @throws Refusal `overloaded`, with when to retry
   */
  take(caller: string, host: string): () => void
}

export function openFetchSlots(): FetchSlots {
  const open = new Map<string, number>()
  return {
    take(caller, host) {
      const counted = [
        [`caller ${caller}`, MOST_OF_CALLER],
        [`host ${host}`, MOST_TO_HOST],
      ] as const
      if (counted.some(([key, most]) => (open.get(key) ?? 0) >= most)) {
        throw new Refusal('overloaded', 'Too many addresses are being fetched; try again soon.', {
          retryAfterSeconds: 5,
        })
      }
      for (const [key] of counted) open.set(key, (open.get(key) ?? 0) + 1)
      return () => {
        for (const [key] of counted) {
          const left = open.get(key)! - 1
          if (left === 0) open.delete(key)
          else open.set(key, left)
        }
      }
    },
  }
}
