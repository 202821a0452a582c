import type { Priority } from '@unswap/contract'
import { sql } from 'kysely'
import { waitsForDuplicate } from '../deduplication/duplicate-jobs.ts'
import type { Database } from '../storage/database.ts'
import { latestLease } from './job-lease.ts'
import { CONCEDED_MS } from './queue-position.ts'

/** A waiting job, for the queue that keeps its order in Redis. */
export interface WaitingJob {
  readonly analysisId: string
  readonly priority: Priority
  /** Number of the owner's earlier waiting jobs with the same priority. */
  readonly ahead: number
  /** When its pause ends, in milliseconds since 1970. */
  readonly due: number
  /** Whether it has waited so long that it now counts as `live`: see `CONCEDED_MS`. */
  readonly conceded: boolean
}

/**
 * Waiting jobs that do not wait for a duplicate, oldest first.
 * @param most Largest number of jobs
 */
export async function listWaitingJobs(
  db: Database,
  most: number,
  leaseMs: number,
  now: number,
): Promise<WaitingJob[]> {
  const rows = await db
    .selectFrom('jobs')
    .select([
      'analysis_id',
      'priority',
      'created_at',
      'not_before',
      sql<number>`row_number() over (partition by owner, priority order by position) - 1`.as('ahead'),
    ])
    .where(({ or, eb }) => or([eb('lease_until', 'is', null), eb('lease_until', '<=', now)]))
    .where(({ not }) => not(waitsForDuplicate(now, latestLease(now, leaseMs))))
    .orderBy('created_at')
    .limit(most)
    .execute()
  return rows.map((row) => ({
    analysisId: row.analysis_id,
    priority: row.priority,
    ahead: row.ahead,
    due: row.not_before,
    conceded: CONCEDED_MS[row.priority] > 0 && now - row.created_at >= CONCEDED_MS[row.priority],
  }))
}

/** Number of the owner's waiting jobs with a priority, without the newest one. */
export async function countWaitingBefore(db: Database, owner: string, priority: Priority): Promise<number> {
  const { count } = await db
    .selectFrom('jobs')
    .select(sql<number>`count(*)`.as('count'))
    .where('owner', '=', owner)
    .where('priority', '=', priority)
    .where('lease_until', 'is', null)
    .executeTakeFirstOrThrow()
  return Math.max(0, count - 1)
}

/**
 * When a job can be leased: after its pause and after its present lease, in milliseconds since 1970. Null when it has
 * ended.
 */
export async function findDueTime(
  db: Database,
  analysisId: string,
): Promise<{ analysisId: string; priority: Priority; due: number } | null> {
  const job = await db
    .selectFrom('jobs')
    .select(['priority', 'not_before', 'lease_until'])
    .where('analysis_id', '=', analysisId)
    .executeTakeFirst()
  if (!job) return null
  return { analysisId, priority: job.priority, due: Math.max(job.not_before, job.lease_until ?? 0) }
}
