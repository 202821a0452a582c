import type { Blobs } from '../blobs/blobs.ts'
import { type Database, pingDatabase } from '../storage/database.ts'
import { eraseExpired } from '../storage/retention/erase.ts'
import { cancelJob, completeJob, failAbandonedJobs, failJob } from './end-job.ts'
import { followAnalysis } from './follow-analysis.ts'
import { addJob, claimJob, recordProgress, renewLeases, requeueJob } from './job-lease.ts'
import type { JobQueue, JobQueueOptions } from './job-queue.ts'
import { createLocalNotifier, JOB_DUE, type Notifier } from './notifier.ts'
import { queueStats } from './queue-stats.ts'

/** Longest pauses between two queries, in milliseconds; they find changes that other processes have made. */
const LOOK_FOR_WORK_MS = 200
const LOOK_FOR_CHANGES_MS = 250

/**
 * The queue with the database alone. Any number of processes may work on it. Their clocks must agree to within a
 * fraction of `leaseMs`; otherwise a job may run twice at a time, but it still ends only once.
 */
export function openEmbeddedQueue(
  db: Database,
  blobs: Blobs,
  { leaseMs = 30_000, attempts = 3, firstPauseMs = 2000 }: JobQueueOptions = {},
  notifier: Notifier = createLocalNotifier(),
): JobQueue {
  const jobDue = notifier.subscribe(JOB_DUE)
  const ended = async (id: string) => {
    notifier.notify(id)
    await eraseExpired(db, blobs, id, Date.now())
  }
  return {
    async enqueue(analysis) {
      const admitted = await addJob(db, analysis, Date.now())
      notifier.notify(JOB_DUE)
      return admitted
    },
    async take(worker) {
      const lease = await claimJob(db, { worker, leaseMs, attempts, now: Date.now() })
      if (lease) notifier.notify(lease.analysisId)
      return lease
    },
    wait: (signal) => jobDue.next(LOOK_FOR_WORK_MS, signal),
    heartbeat: (leases) => renewLeases(db, leases, Date.now() + leaseMs),
    async progress(lease, progress) {
      if (await recordProgress(db, lease, progress)) notifier.notify(lease.analysisId)
    },
    async complete(lease, completion) {
      const outcome = await completeJob(db, lease, completion, Date.now())
      if (outcome !== 'lost') await ended(lease.analysisId)
      return outcome
    },
    async fail(lease, failure) {
      const { outcome } = await failJob(db, lease, failure, { attempts, firstPauseMs }, Date.now())
      if (outcome === 'failed') await ended(lease.analysisId)
      else notifier.notify(lease.analysisId)
      return outcome
    },
    async release(lease) {
      const attempts = lease.attempt - 1
      const held = await db.transaction().execute((trx) => requeueJob(trx, lease, { attempts }))
      if (!held) return
      notifier.notify(lease.analysisId)
      notifier.notify(JOB_DUE)
    },
    async cancel(id) {
      const state = await cancelJob(db, id, Date.now())
      if (state) await ended(id)
      return state
    },
    follow: (id, options = {}) =>
      followAnalysis(db, notifier, id, { ...options, pauseMs: LOOK_FOR_CHANGES_MS }),
    stats: () => queueStats(db, Date.now()),
    async reconcile() {
      for (const id of await failAbandonedJobs(db, attempts, Date.now())) await ended(id)
    },
    ping: () => pingDatabase(db),
    async close() {
      jobDue.close()
      notifier.close()
    },
  }
}
