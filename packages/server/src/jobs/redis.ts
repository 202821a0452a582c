import { randomUUID } from 'node:crypto'
import type { Priority } from '@unswap/contract'
import { Queue as TicketQueue, Worker } from 'bullmq'
import type { Blobs } from '../blobs/blobs.ts'
import type { Database } from '../storage/database.ts'
import { WORK } from './bell.ts'
import { openEmbeddedQueue } from './embedded.ts'
import { listJoined } from './join.ts'
import { claim } from './lease.ts'
import type { Queue, QueueOptions } from './queue.ts'
import { openRedisBell } from './redis-bell.ts'
import { countAhead, dueTime, listWaiting, type Waiting } from './waiting.ts'
import { watchAnalysis } from './watch.ts'

/** BullMQ’s priorities: lower goes first. Within a class stands the owner’s number of waiting jobs. */
const CLASS: Readonly<Record<Priority, number>> = { live: 1, batch: 500_001, low: 1_000_001 }
const LAST_IN_CLASS = 499_999

/** How long a ticket may be in a hand that has died before it is handed out again. */
const DRAWN_MS = 10_000

/** Tickets looked after by one `reconcile`. */
const RECONCILED = 1000

const LOOK_FOR_WORK_MS = 500
const LOOK_FOR_CHANGES_MS = 2000

/**
 * The queue on Redis: BullMQ hands out tickets that name an analysis, in their order and without polling the
 * database. A ticket is spent when it is drawn; holding and ending the job happen in its row, as in the embedded queue
 * and with the same fencing. A ticket that is lost, with Redis or with a worker, is made again by `reconcile`.
 */
export async function openRedisQueue(
  address: string,
  db: Database,
  blobs: Blobs,
  { leaseMs = 30_000, attempts = 3, firstPauseMs = 2000, name = 'unswap' }: QueueOptions & { name?: string },
): Promise<Queue> {
  const bell = await openRedisBell(address, `${name}:bell`)
  const rows = openEmbeddedQueue(db, blobs, { leaseMs, attempts, firstPauseMs }, bell)
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

  const work = bell.listen(WORK)

  type Ticket = Pick<Waiting, 'analysisId' | 'priority' | 'ahead'> & { due?: number }
  /** Makes tickets; one that is there already stays as it is. */
  const issue = (wanted: readonly Ticket[]) =>
    tickets.addBulk(
      wanted.map(({ analysisId, priority, ahead, due = 0 }) => ({
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
  /** The same for one job, without a complaint: the row is there, so `reconcile` makes up for what fails. */
  const issueOne = async (ticket: Ticket) => {
    await issue([ticket]).catch(() => undefined)
    bell.ring(WORK)
  }

  /** Whoever was joined to what has ended is due. */
  const issueJoined = async (id: string) => {
    const joined = await listJoined(db, id)
    if (joined.length > 0) await issue(joined).catch(() => undefined)
    bell.ring(WORK)
  }

  return {
    async enqueue(analysis) {
      const { id: analysisId, owner, priority } = analysis
      const admitted = await rows.enqueue(analysis)
      await issueOne({ analysisId, priority, ahead: await countAhead(db, owner, priority) })
      return admitted
    },

    async take(worker) {
      const hand = randomUUID()
      for (;;) {
        const ticket = await drawer.getNextJob(hand, { block: false })
        if (!ticket) return null
        const analysisId = ticket.id!
        const draw = () => claim(db, { worker, leaseMs, attempts, now: Date.now() }, analysisId)
        let lease = await draw()
        await ticket.moveToCompleted(null, hand, false)
        // What it was joined to may have ended meanwhile, when there was no place for another ticket.
        lease ??= await draw()
        if (lease) {
          bell.ring(analysisId)
          return lease
        }
        const job = await dueTime(db, analysisId)
        if (job && job.due > Date.now()) await issueOne({ ...job, ahead: 0 })
      }
    },
    wait: (signal) => work.next(LOOK_FOR_WORK_MS, signal),

    heartbeat: rows.heartbeat,
    progress: rows.progress,
    async complete(lease, completion) {
      const outcome = await rows.complete(lease, completion)
      if (outcome !== 'lost') await issueJoined(lease.analysisId)
      return outcome
    },
    async fail(lease, failure) {
      const outcome = await rows.fail(lease, failure)
      const job = outcome === 'retrying' ? await dueTime(db, lease.analysisId) : null
      if (job) await issueOne({ ...job, ahead: 0 })
      if (outcome === 'failed') await issueJoined(lease.analysisId)
      return outcome
    },
    async release(lease) {
      await rows.release(lease)
      await issueOne({ ...lease, ahead: 0 })
    },
    async cancel(id) {
      const state = await rows.cancel(id)
      if (state) await tickets.remove(id).catch(() => undefined)
      if (state) await issueJoined(id)
      return state
    },
    watch: (id, options = {}) => watchAnalysis(db, bell, id, { ...options, pauseMs: LOOK_FOR_CHANGES_MS }),
    stats: rows.stats,

    async reconcile() {
      await rows.reconcile()
      const waiting = await listWaiting(db, RECONCILED, leaseMs, Date.now())
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
      // A Redis that has gone needs no farewell, and the rest is closed all the same.
      await drawer.close().catch(() => undefined)
      await tickets.close().catch(() => undefined)
      work.close()
      await rows.close()
    },
  }
}
