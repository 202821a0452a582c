import type { Progress } from '@unswap/contract'
import { sql } from 'kysely'
import { deduplicationKey, hashSettings } from '../deduplication/deduplication-key.ts'
import { waitsForDuplicate } from '../deduplication/duplicate-jobs.ts'
import type { AnalysisRecord, NewAnalysis } from '../storage/analyses/analysis-record.ts'
import { insertAnalysis } from '../storage/analyses/analysis-store.ts'
import { type Database, locksRows } from '../storage/database.ts'
import type { JobsTable } from '../storage/tables.ts'
import type { Lease } from './job-queue.ts'
import { nextQueuePosition } from './queue-position.ts'

/** Longest pause before a job is started again, in milliseconds. */
export const LONGEST_PAUSE = 10 * 60_000

/** Latest end of a lease that is written now, with a margin for clocks that differ; one that ends later is void. */
export const latestLease = (now: number, leaseMs: number): number => now + 2 * leaseMs + LONGEST_PAUSE

/** Who takes a job, how long the lease holds without a heartbeat, and how often a job may be started. */
export interface ClaimOptions {
  readonly worker: string
  readonly leaseMs: number
  readonly attempts: number
  readonly now: number
}

/**
 * Stores an analysis and its job in one transaction.
 * @returns The analysis in its first state
 */
export async function addJob(db: Database, analysis: NewAnalysis, now: number): Promise<AnalysisRecord> {
  return db.transaction().execute(async (trx) => {
    const admitted = await insertAnalysis(trx, analysis, now)
    const { owner, priority, settings, models } = analysis
    await trx
      .insertInto('jobs')
      .values({
        analysis_id: analysis.id,
        owner,
        priority,
        created_at: now,
        position: await nextQueuePosition(trx, { owner, priority, now }),
        not_before: now,
        attempts: 0,
        crashes: 0,
        token: 0,
        worker: null,
        lease_until: null,
        same: analysis.fresh ? null : deduplicationKey(analysis.sha256, hashSettings(settings, models)),
        evidence: Number(analysis.retention !== 'none'),
      })
      .execute()
    return admitted
  })
}

/**
 * Leases the due job with the lowest position, or the one named by `analysisId` if it is due. Null for none. A job
 * that waits for a duplicate is not due until that has ended.
 */
export async function claimJob(
  db: Database,
  { worker, leaseMs, attempts, now }: ClaimOptions,
  analysisId?: string,
): Promise<Lease | null> {
  return db.transaction().execute(async (trx) => {
    const job = await trx
      .updateTable('jobs')
      .set((update) => ({
        worker,
        lease_until: now + leaseMs,
        token: update('token', '+', 1),
        attempts: update('attempts', '+', 1),
      }))
      .where('analysis_id', '=', (where) => {
        let due = where
          .selectFrom('jobs')
          .select('analysis_id')
          // A time further ahead than any pause was written before the clock was set back; such a job is due.
          .where(({ or, eb }) =>
            or([eb('not_before', '<=', now), eb('not_before', '>', now + 2 * LONGEST_PAUSE)]),
          )
          .where('attempts', '<', attempts)
          .where(({ or, eb }) =>
            or([
              eb('lease_until', 'is', null),
              eb('lease_until', '<=', now),
              eb('lease_until', '>', latestLease(now, leaseMs)),
            ]),
          )
          .where(({ not }) => not(waitsForDuplicate(now, latestLease(now, leaseMs))))
          .orderBy('position')
          .orderBy('analysis_id')
          .limit(1)
        if (analysisId !== undefined) due = due.where('analysis_id', '=', analysisId)
        return locksRows(trx) ? due.forUpdate().skipLocked() : due
      })
      .returning(['analysis_id', 'owner', 'priority', 'created_at', 'token', 'attempts', 'crashes', 'same'])
      .executeTakeFirst()
    if (!job) return null
    await trx
      .updateTable('analyses')
      .set((update) => ({
        state: 'running',
        revision: update('revision', '+', 1),
        started_at: sql<number>`coalesce(started_at, cast(${now} as bigint))`,
        progress: null,
        attempts: job.attempts,
      }))
      .where('id', '=', job.analysis_id)
      .execute()
    return {
      analysisId: job.analysis_id,
      owner: job.owner,
      priority: job.priority,
      createdAt: job.created_at,
      token: job.token,
      attempt: job.attempts,
      crashes: job.crashes,
      fresh: job.same === null,
    }
  })
}

/**
 * Renews leases.
 * @param until Milliseconds since 1970
 * @returns Analysis ids of the leases that are lost
 */
export async function renewLeases(
  db: Database,
  leases: readonly Lease[],
  until: number,
): Promise<Set<string>> {
  const lost = new Set(leases.map((lease) => lease.analysisId))
  if (leases.length === 0) return lost
  const held = await db
    .updateTable('jobs')
    .set({ lease_until: until })
    .where(({ or, eb, and }) =>
      or(
        leases.map((lease) => and([eb('analysis_id', '=', lease.analysisId), eb('token', '=', lease.token)])),
      ),
    )
    .returning('analysis_id')
    .execute()
  for (const { analysis_id } of held) lost.delete(analysis_id)
  return lost
}

/**
 * Stores the progress of an analysis.
 * @returns False when the lease is lost
 */
export async function recordProgress(db: Database, lease: Lease, progress: Progress): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('analyses')
    .set((update) => ({ progress: JSON.stringify(progress), revision: update('revision', '+', 1) }))
    .where('id', '=', lease.analysisId)
    .where(({ exists }) => exists(heldJob(db, lease)))
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/**
 * Puts a leased job back into the queue. Call it in a transaction.
 * @returns False when the lease is lost
 */
export async function requeueJob(
  trx: Database,
  lease: Lease,
  change: Partial<Pick<JobsTable, 'not_before' | 'crashes' | 'attempts'>>,
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('jobs')
    .set({ worker: null, lease_until: null, ...change })
    .where('analysis_id', '=', lease.analysisId)
    .where('token', '=', lease.token)
    .executeTakeFirst()
  if (numUpdatedRows === 0n) return false
  await trx
    .updateTable('analyses')
    .set((update) => ({ state: 'queued', progress: null, revision: update('revision', '+', 1) }))
    .where('id', '=', lease.analysisId)
    .execute()
  return true
}

/** Query for the job row; empty unless `lease` holds it. */
export const heldJob = (db: Database, lease: Lease) =>
  db
    .selectFrom('jobs')
    .selectAll()
    .where('analysis_id', '=', lease.analysisId)
    .where('token', '=', lease.token)
