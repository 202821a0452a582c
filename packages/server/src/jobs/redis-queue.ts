import { randomUUID } from 'node:crypto'
import type { Priority } from '@unswap/contract'
import { Queue as TicketQueue, Worker } from 'bullmq'
import type { Blobs } from '../blobs/blobs.ts'
import { listWaitingDuplicates } from '../deduplication/duplicate-jobs.ts'
import type { Database } from '../storage/database.ts'
import { openEmbeddedQueue } from './embedded-queue.ts'
import { followAnalysis } from './follow-analysis.ts'
import { claimJob } from './job-lease.ts'
import type { JobQueue, JobQueueOptions } from './job-queue.ts'
import { JOB_DUE } from './notifier.ts'
import { openRedisNotifier } from './redis-notifier.ts'
import { countWaitingBefore, findDueTime, listWaitingJobs, type WaitingJob } from './waiting-jobs.ts'

/** BullMQ's priorities, lowest first. Within a class the number of the owner's waiting jobs is added. */
const CLASS: Readonly<Record<Priority, number>> = { live: 1, batch: 500_001, low: 1_000_001 }
const LAST_IN_CLASS = 499_999

/** A ticket whose process has died is handed out again after so many milliseconds. */
const DRAWN_MS = 10_000

/** Most tickets that one `reconcile` checks. */
const RECONCILED = 1000

const LOOK_FOR_WORK_MS = 500
const LOOK_FOR_CHANGES_MS = 2000

/**
 * The queue on Redis. BullMQ holds one ticket for each due job, in order, so that the database need not be polled. A
 * ticket is used up when it is drawn; leasing and ending the job happen in its database row, as in the embedded
 * queue. Tickets that are lost, with Redis or with a worker, are made again by `reconcile`.
 */
export async function openRedisQueue(
  address: string,
  db: Database,
  blobs: Blobs,
  {
    leaseMs = 30_000,
    attempts = 3,
    firstPauseMs = 2000,
    name = 'unswap',
  }: JobQueueOptions & { name?: string },
): Promise<JobQueue> {
  const notifier = await openRedisNotifier(address, `${name}:notify`)
  const rows = openEmbeddedQueue(db, blobs, { leaseMs, attempts, firstPauseMs }, notifier)
  const connection = { url: address, maxRetriesPerRequest: null }
  const tickets = new TicketQueue(name, { connection: { ...connection, enableOfflineQueue: false } })
  const drawer = new Worker(name, null, {
    connection,
    autorun: false,
    lockDuration: DRAWN_MS,
    stalledInterval: DRAWN_MS,
    // The database counts how often a job is started.
    maxStalledCount: Number.MAX_SAFE_INTEGER,
  })
  // Errors are told by the commands and by `ping`; without a listener they would end the process.
  tickets.on('error', () => undefined)
  drawer.on('error', () => undefined)
  await Promise.all([tickets.waitUntilReady(), drawer.waitUntilReady()])
  await drawer.startStalledCheckTimer()

  const jobDue = notifier.subscribe(JOB_DUE)

  type Ticket = Pick<WaitingJob, 'analysisId' | 'priority'> & Partial<Pick<WaitingJob, 'ahead' | 'due'>>
  /** Makes tickets; an existing ticket stays as it is. */
  const issue = (wanted: readonly Ticket[]) =>
    tickets.addBulk(
      wanted.map(({ analysisId, priority, ahead = 0, due = 0 }) => ({
        name: 'analysis',
        data: {},
        opts: {
          jobId: analysisId,
          priority: CLASS[priority] + Math.min(ahead, LAST_IN_CLASS),
          delay: Math.max(0, due - Date.now()),
          removeOnComplete: true,
          removeOnFail: true,
        },
      })),
    )
  /** Makes one ticket and ignores errors: `reconcile` makes up for what fails, since the row exists. */
  const issueOne = async (ticket: Ticket) => {
    await issue([ticket]).catch(() => undefined)
    notifier.notify(JOB_DUE)
  }

  /** Makes tickets for the jobs that waited for this analysis as its duplicates. */
  const issueDuplicates = async (id: string) => {
    const waiting = await listWaitingDuplicates(db, id)
    if (waiting.length > 0) await issue(waiting).catch(() => undefined)
    notifier.notify(JOB_DUE)
  }

  return {
    async enqueue(analysis) {
      const { id: analysisId, owner, priority } = analysis
      const admitted = await rows.enqueue(analysis)
      await issueOne({ analysisId, priority, ahead: await countWaitingBefore(db, owner, priority) })
      return admitted
    },

    async take(worker) {
      const hand = randomUUID()
      for (;;) {
        const ticket = await drawer.getNextJob(hand, { block: false })
        if (!ticket) return null
        const analysisId = ticket.id!
        const draw = () => claimJob(db, { worker, leaseMs, attempts, now: Date.now() }, analysisId)
        let lease = await draw()
        await ticket.moveToCompleted(null, hand, false)
        // The duplicate that it waited for may have ended just now. While the old ticket existed, no new one could be
        // made.
        lease ??= await draw()
        if (lease) {
          notifier.notify(analysisId)
          return lease
        }
        const job = await findDueTime(db, analysisId)
        if (job && job.due > Date.now()) await issueOne(job)
      }
    },
    wait: (signal) => jobDue.next(LOOK_FOR_WORK_MS, signal),

    heartbeat: rows.heartbeat,
    progress: rows.progress,
    async complete(lease, completion) {
      const outcome = await rows.complete(lease, completion)
      if (outcome !== 'lost') await issueDuplicates(lease.analysisId)
      return outcome
    },
    async fail(lease, failure) {
      const outcome = await rows.fail(lease, failure)
      const job = outcome === 'retrying' ? await findDueTime(db, lease.analysisId) : null
      if (job) await issueOne(job)
      if (outcome === 'failed') await issueDuplicates(lease.analysisId)
      return outcome
    },
    async release(lease) {
      await rows.release(lease)
      await issueOne(lease)
    },
    async cancel(id) {
      const state = await rows.cancel(id)
      if (state) await tickets.remove(id).catch(() => undefined)
      if (state) await issueDuplicates(id)
      return state
    },
    follow: (id, options = {}) =>
      followAnalysis(db, notifier, id, { ...options, pauseMs: LOOK_FOR_CHANGES_MS }),
    stats: rows.stats,

    async reconcile() {
      await rows.reconcile()
      const waiting = await listWaitingJobs(db, RECONCILED, leaseMs, Date.now())
      await issue(waiting)
      for (const { analysisId } of waiting.filter((job) => job.conceded)) {
        const ticket = await tickets.getJob(analysisId)
        if (ticket && ticket.priority !== CLASS.live) await ticket.changePriority({ priority: CLASS.live })
      }
    },
    async ping() {
      await rows.ping()
      await tickets.count()
    },
    async close() {
      // Redis may be away; the rest is closed all the same.
      await drawer.close().catch(() => undefined)
      await tickets.close().catch(() => undefined)
      jobDue.close()
      await rows.close()
    },
  }
}
