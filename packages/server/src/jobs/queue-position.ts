import type { Priority } from '@unswap/contract'
import type { Database } from '../storage/database.ts'

/**
 * Milliseconds by which a job of each priority is treated as if submitted later. A `low` job that has waited ten
 * minutes is equal to a `live` one that arrives now, so no job waits for ever.
 */
export const CONCEDED_MS: Readonly<Record<Priority, number>> = { live: 0, batch: 120_000, low: 600_000 }

/** Milliseconds between the positions of two waiting jobs of one owner. */
const SPACING = 1000

/**
 * The position of a new job in the queue; the lowest goes first. It is the time of submission plus what its priority
 * concedes, and at least a step behind the owner's last waiting job. So owners take turns: 500 files of one do not
 * delay the single file of another.
 * Source: start times as in start-time fair queueing (Goyal, Vin and Cheng 1996), with the clock as virtual time.
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
