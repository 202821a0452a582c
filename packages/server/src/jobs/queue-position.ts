import type { Priority } from '@unswap/contract'
import type { Database } from '../storage/database.ts'

/**
 * Head start over later submissions, in milliseconds, that each priority concedes to `live`. It ends starvation by
 * itself: a `low` job that has waited ten minutes stands beside a `live` one that arrives now.
 */
export const CONCEDED_MS: Readonly<Record<Priority, number>> = { live: 0, batch: 120_000, low: 600_000 }

/** Distance between two waiting jobs of one owner. */
const SPACING = 1000

/**
 * Where a new job stands in the queue; lower goes first. It is the time of submission, plus what its priority
 * concedes, and behind the owner’s own last waiting job by a fixed step. So owners with a backlog take turns, and one who
 * sends five hundred files does not hold up another who sends one. (Start times as in start-time fair queueing,
 * Goyal, Vin and Cheng 1996, with the clock as virtual time.)
 */
export async function nextQueuePosition(
  db: Database,
  { owner, priority, now }: { owner: string; priority: Priority; now: number },
): Promise<number> {
  const { last } = await db
    .selectFrom('jobs')
    .select((select) => select.fn.max('position').as('last'))
    .where('owner', '=', owner)
    .where('priority', '=', priority)
    .where('lease_until', 'is', null)
    .executeTakeFirstOrThrow()
  const earliest = now + CONCEDED_MS[priority]
  return last === null ? earliest : Math.max(earliest, last + SPACING)
}
