import type { Blobs } from '../blobs/blobs.ts'
import { type Database, pingDatabase } from '../storage/database.ts'
import { eraseExpired } from '../storage/erase.ts'
import { type Bell, createBell, WORK } from './bell.ts'
import { cancel, complete, fail, failExhausted } from './ending.ts'
import { admit, claim, putBack, renew, showProgress } from './lease.ts'
import type { Queue, QueueOptions } from './queue.ts'
import { queueStats } from './stats.ts'
import { watchAnalysis } from './watch.ts'

/** Longest time between two looks at the database, for changes made by other processes. */
const LOOK_FOR_WORK_MS = 200
const LOOK_FOR_CHANGES_MS = 250

/**
 * The queue on the database alone. Any number of processes may work on it. Clocks of machines that share a
 * database must agree to within a fraction of `leaseMs`; if they do not, work may be done twice, but ends once.
 */
export function openEmbeddedQueue(
  db: Database,
  blobs: Blobs,
  { leaseMs = 30_000, attempts = 3, firstPauseMs = 2000 }: QueueOptions = {},
  bell: Bell = createBell(),
): Queue {
  const work = bell.listen(WORK)
  const ended = async (id: string) => {
    bell.ring(id)
    await eraseExpired(db, blobs, id, Date.now())
  }
  return {
    async enqueue(analysis) {
      const admitted = await admit(db, analysis, Date.now())
      bell.ring(WORK)
      return admitted
    },
    async take(worker) {
      const lease = await claim(db, { worker, leaseMs, attempts, now: Date.now() })
      if (lease) bell.ring(lease.analysisId)
      return lease
    },
    wait: (signal) => work.next(LOOK_FOR_WORK_MS, signal),
    heartbeat: (leases) => renew(db, leases, Date.now() + leaseMs),
    async progress(lease, progress) {
      if (await showProgress(db, lease, progress)) bell.ring(lease.analysisId)
    },
    async complete(lease, completion) {
      const outcome = await complete(db, lease, completion, Date.now())
      if (outcome !== 'lost') await ended(lease.analysisId)
      return outcome
    },
    async fail(lease, failure) {
      const { outcome } = await fail(db, lease, failure, { attempts, firstPauseMs }, Date.now())
      if (outcome === 'failed') await ended(lease.analysisId)
      else bell.ring(lease.analysisId)
      return outcome
    },
    async release(lease) {
      const attempts = lease.attempt - 1
      const held = await db.transaction().execute((trx) => putBack(trx, lease, { attempts }))
      if (!held) return
      bell.ring(lease.analysisId)
      bell.ring(WORK)
    },
    async cancel(id) {
      const state = await cancel(db, id, Date.now())
      if (state) await ended(id)
      return state
    },
    watch: (id, options = {}) => watchAnalysis(db, bell, id, { ...options, pauseMs: LOOK_FOR_CHANGES_MS }),
    stats: () => queueStats(db, Date.now()),
    async reconcile() {
      for (const id of await failExhausted(db, attempts, Date.now())) await ended(id)
    },
    ping: () => pingDatabase(db),
    async close() {
      work.close()
      bell.close()
    },
  }
}
