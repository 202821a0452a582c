import type { AnalysisState, Retention, Webhook } from '@unswap/contract'
import type { UpdateObject } from 'kysely'
import { exponentialBackoff } from '../exponential-backoff.ts'
import type { Database } from '../storage/database.ts'
import { addDelivery } from '../storage/delivery-store.ts'
import { expiryTime } from '../storage/retention/expiry.ts'
import type { Tables } from '../storage/tables.ts'
import { heldJob, LONGEST_PAUSE, requeueJob } from './job-lease.ts'
import type { Completion, Failure, Lease, Outcome } from './job-queue.ts'

/** How often a job is started, and the pause before the second start; the pause doubles each time. */
export interface RetryPolicy {
  readonly attempts: number
  readonly firstPauseMs: number
}

/**
 * For so many milliseconds after submission, failures of database or store do not count as starts: the media did not
 * cause them.
 */
const OUTAGE_PATIENCE = 24 * 3600_000

/** A job is started again after its process has died once. After a second time it fails. */
const CRASHES_FORGIVEN = 1

/** Ends a job as completed: writes report, evidence, final state and webhook in one transaction. */
export async function completeJob(
  db: Database,
  lease: Lease,
  completion: Completion,
  now: number,
): Promise<Outcome> {
  return db.transaction().execute(async (trx) => {
    if (!(await dropJob(trx, lease.analysisId, lease.token))) return 'lost'
    await writeResult(trx, lease.analysisId, completion, now)
    return 'completed'
  })
}

/** Writes report, evidence, final state and webhook of an analysis; part of a transaction. */
export async function writeResult(
  trx: Database,
  analysis_id: string,
  { report, evidence, modelsHash, timings, reused = false }: Completion,
  now: number,
): Promise<void> {
  await trx
    .insertInto('reports')
    .values({ analysis_id, report: JSON.stringify(report) })
    .execute()
  if (evidence.length > 0) {
    await trx
      .insertInto('evidence')
      .values(evidence.map((entry, position) => ({ analysis_id, position, ...entry })))
      .execute()
  }
  await end(trx, analysis_id, now, {
    state: 'completed',
    progress: null,
    media_kind: report.media.kind,
    media_format: report.media.format,
    models_hash: modelsHash,
    verdict: JSON.stringify(report.verdict),
    band: report.verdict.band,
    probability: report.verdict.probability,
    family: report.verdict.family,
    faces: report.faces.length + report.facesLeftOut,
    timings: JSON.stringify(timings),
    reused: Number(reused),
  })
}

/** Ends a job as failed, or puts it back into the queue when another start may succeed. */
export async function failJob(
  db: Database,
  lease: Lease,
  failure: Failure,
  { attempts, firstPauseMs }: RetryPolicy,
  now: number,
): Promise<{ outcome: Outcome; notBefore: number }> {
  return db.transaction().execute(async (trx) => {
    const job = await heldJob(trx, lease).executeTakeFirst()
    if (!job) return { outcome: 'lost', notBefore: now }
    const crashes = job.crashes + (failure.crash ? 1 : 0)
    const again = failure.crash ? crashes <= CRASHES_FORGIVEN : failure.retryable
    if (failure.code === 'storage_failed' && failure.retryable && now - job.created_at < OUTAGE_PATIENCE) {
      const change = { not_before: now + 2 * firstPauseMs, attempts: job.attempts - 1 }
      const held = await requeueJob(trx, lease, change)
      return { outcome: held ? 'retrying' : 'lost', notBefore: change.not_before }
    }
    if (again && job.attempts < attempts) {
      const notBefore = now + exponentialBackoff(job.attempts, firstPauseMs, LONGEST_PAUSE)
      const held = await requeueJob(trx, lease, { not_before: notBefore, crashes })
      return { outcome: held ? 'retrying' : 'lost', notBefore }
    }
    if (!(await dropJob(trx, lease.analysisId, lease.token))) return { outcome: 'lost', notBefore: now }
    await end(trx, lease.analysisId, now, asFailed(crashes > CRASHES_FORGIVEN ? blamed(failure) : failure))
    return { outcome: 'failed', notBefore: now }
  })
}

/**
 * Ends an analysis as cancelled, unless it has ended.
 * @returns Its state now, or null for an unknown id
 */
export async function cancelJob(db: Database, id: string, now: number): Promise<AnalysisState | null> {
  return db.transaction().execute(async (trx) => {
    if (await dropJob(trx, id)) {
      await end(trx, id, now, { state: 'cancelled', progress: null })
      return 'cancelled'
    }
    const row = await trx.selectFrom('analyses').select('state').where('id', '=', id).executeTakeFirst()
    return row?.state ?? null
  })
}

/**
 * Ends as failed the jobs whose last worker died and that may not be started again.
 * @returns Their ids
 */
export async function failAbandonedJobs(db: Database, attempts: number, now: number): Promise<string[]> {
  const exhausted = await db
    .selectFrom('jobs')
    .select(['analysis_id', 'token'])
    .where('lease_until', '<=', now)
    .where('attempts', '>=', attempts)
    .execute()
  const ended: string[] = []
  for (const { analysis_id, token } of exhausted) {
    await db.transaction().execute(async (trx) => {
      if (!(await dropJob(trx, analysis_id, token, now))) return
      await end(
        trx,
        analysis_id,
        now,
        asFailed({
          code: 'worker_lost',
          message: 'Every worker that started this analysis stopped answering. Look at the service’s log.',
          retryable: true,
        }),
      )
      ended.push(analysis_id)
    })
  }
  return ended
}

/**
 * Removes the job row; whoever removes it must end the analysis.
 * @param token Only if this holder has it
 * @param expiredAt Only if its lease has run out by then
 */
async function dropJob(db: Database, id: string, token?: number, expiredAt?: number): Promise<boolean> {
  let removal = db.deleteFrom('jobs').where('analysis_id', '=', id)
  if (token !== undefined) removal = removal.where('token', '=', token)
  if (expiredAt !== undefined) removal = removal.where('lease_until', '<=', expiredAt)
  const { numDeletedRows } = await removal.executeTakeFirst()
  return numDeletedRows === 1n
}

/**
 * The failure of media that has crashed its process twice, the second time with no other analysis in the process. So
 * the media is the cause, and it is not tried again.
 */
const blamed = (failure: Failure): Failure => ({
  ...failure,
  code: 'media_crashed_worker',
  message: `This media ends the process that analyses it, each time it is tried; convert it and send it again. ${failure.message}`,
  retryable: false,
})

const asFailed = ({ code, message, retryable }: Failure): Ending => ({
  state: 'failed',
  progress: null,
  error_code: code,
  error_message: message,
  error_retryable: Number(retryable),
})

type Ending = UpdateObject<Tables, 'analyses'>

/** Writes the final state, when media and evidence expire, and the webhook to be called. */
async function end(db: Database, id: string, now: number, change: Ending): Promise<void> {
  const { retention, webhook } = await db
    .selectFrom('analyses')
    .select(['retention', 'webhook'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  await db
    .updateTable('analyses')
    .set((update) => ({
      ...change,
      revision: update('revision', '+', 1),
      finished_at: now,
      expires_at: expiryTime(retention as Retention, now),
    }))
    .where('id', '=', id)
    .execute()
  if (webhook !== null) await addDelivery(db, id, JSON.parse(webhook) as Webhook, now)
}
