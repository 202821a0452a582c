import { PRIORITIES } from '@unswap/contract'
import { sql } from 'kysely'
import type { Database } from '../storage/database.ts'
import { zeroCounts } from '../storage/zero-counts.ts'
import type { QueueStats } from './job-queue.ts'

/** Length and age of the queue, from the job rows. */
export async function queueStats(db: Database, now: number): Promise<QueueStats> {
  const groups = await db
    .selectFrom('jobs')
    .select([
      'priority',
      sql<number>`count(case when lease_until > ${now} then 1 end)`.as('running'),
      sql<number>`count(*)`.as('all'),
      sql<number | null>`min(case when lease_until > ${now} then null else created_at end)`.as('oldest'),
    ])
    .groupBy('priority')
    .execute()
  const byPriority = zeroCounts(PRIORITIES)
  let running = 0
  let oldest = Number.POSITIVE_INFINITY
  for (const group of groups) {
    // A job whose lease has run out counts as waiting.
    byPriority[group.priority] = group.all - group.running
    running += group.running
    oldest = Math.min(oldest, group.oldest ?? oldest)
  }
  const queued = byPriority.live + byPriority.batch + byPriority.low
  const oldestSeconds = queued === 0 ? null : Math.max(0, (now - oldest) / 1000)
  return { queued, running, oldestSeconds, byPriority }
}
