import type { Priority } from '@unswap/contract'
import { type Job, Queue as TicketQueue, Worker } from 'bullmq'
import type { Blobs } from '../blobs/blobs.ts'
import type { Database } from '../storage/database.ts'
import { WORK } from './bell.ts'
import { openEmbeddedQueue } from './embedded.ts'
import { claim } from './lease.ts'
import type { Queue, QueueOptions } from './queue.ts'
import { openRedisBell } from './redis-bell.ts'
import { countAhead, dueTime, listWaiting, type Waiting } from './waiting.ts'
import { watchAnalysis } from './watch.ts'

/** BullMQ’s priorities: lower goes first. Within a class stands the owner’s number of waiting jobs. */
const CLASS: Readonly<Record<Priority, number>> = { live: 1, batch: 500_001, low: 1_000_001 }
const LAST_IN_CLASS = 499_999

/** A worker that dies gives its ticket back each time; the database counts its starts. */
const NEVER_GIVE_UP = 1_000_000

/** Tickets looked after by one `reconcile`. */
const RECONCILED = 5000

const LOOK_FOR_WORK_MS = 500
const LOOK_FOR_CHANGES_MS = 2000

/**
 * The queue on Redis: BullMQ hands out tickets that name an analysis, in their order and without polling the
 * database; taking, holding and ending a job happen in its row, as in the embedded queue, and with the same fencing.
 * A ticket that is lost with Redis is made again by `reconcile`.
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
    lockDuration: leaseMs,
    stalledInterval: leaseMs,
    maxStalledCount: NEVER_GIVE_UP,
  })
  // Errors are told by the commands and by `ping`; without a listener they would end the process.
  tickets.on('error', () => undefined)
  drawer.on('error', () => undefined)
  await Promise.all([tickets.waitUntilReady(), drawer.waitUntilReady()])
  await drawer.startStalledCheckTimer()

  const work = bell.listen(WORK)
  /** Tickets drawn here, by analysis. */
  const drawn = new Map<string, { ticket: Job; lockedBy: string }>()

  const add = (waiting: readonly Pick<Waiting, 'analysisId' | 'priority' | 'ahead'>[]) =>
    tickets.addBulk(
      waiting.map(({ analysisId, priority, ahead }) => ({
        name: 'analysis',
        data: {},
        opts: {
          jobId: analysisId,
          priority: CLASS[priority] + Math.min(ahead, LAST_IN_CLASS),
          removeOnComplete: true,
          removeOnFail: true,
        },
      })),
    )

  /** Hands a ticket back at the end of its job; one that is gone or taken over needs nothing. */
  const hand = async (id: string, back: (ticket: Job, lockedBy: string) => Promise<unknown>) => {
    const held = drawn.get(id)
    drawn.delete(id)
    if (held) await back(held.ticket, held.lockedBy).catch(() => undefined)
  }
  const discard = (id: string) =>
    hand(id, (ticket, lockedBy) => ticket.moveToCompleted(null, lockedBy, false))

  return {
    async enqueue(analysis) {
      const { id: analysisId, owner, priority } = analysis
      await rows.enqueue(analysis)
      const ahead = await countAhead(db, owner, priority)
      // The row is there, so the analysis is accepted: without a ticket it waits for the next `reconcile`.
      await add([{ analysisId, priority, ahead }]).catch(() => undefined)
      bell.ring(WORK)
    },

    async take(worker) {
      for (;;) {
        const ticket = await drawer.getNextJob(worker, { block: false })
        if (!ticket) return null
        const id = ticket.id!
        drawn.set(id, { ticket, lockedBy: worker })
        const lease = await claim(db, { worker, leaseMs, attempts, now: Date.now() }, id)
        if (lease) {
          bell.ring(id)
          return lease
        }
        const due = await dueTime(db, id)
        if (due === null) await discard(id)
        else await hand(id, (held, lockedBy) => held.moveToDelayed(Math.max(due, Date.now() + 100), lockedBy))
      }
    },
    wait: (signal) => work.next(LOOK_FOR_WORK_MS, signal),

    async heartbeat(leases) {
      const held = leases.flatMap(({ analysisId }) => drawn.get(analysisId) ?? [])
      await Promise.all(
        held.map(({ ticket, lockedBy }) => ticket.extendLock(lockedBy, leaseMs).catch(() => undefined)),
      )
      return rows.heartbeat(leases)
    },
    progress: rows.progress,
    async complete(lease, completion) {
      const outcome = await rows.complete(lease, completion)
      await discard(lease.analysisId)
      return outcome
    },
    async fail(lease, failure) {
      const outcome = await rows.fail(lease, failure)
      const due = outcome === 'retrying' ? await dueTime(db, lease.analysisId) : null
      if (due === null) await discard(lease.analysisId)
      else await hand(lease.analysisId, (ticket, lockedBy) => ticket.moveToDelayed(due, lockedBy))
      return outcome
    },
    async release(lease) {
      await rows.release(lease)
      await hand(lease.analysisId, (ticket, lockedBy) => ticket.moveToWait(lockedBy))
      bell.ring(WORK)
    },
    async cancel(id) {
      const state = await rows.cancel(id)
      // A ticket that a worker holds is handed back by that worker.
      if (state) await tickets.remove(id).catch(() => undefined)
      return state
    },
    watch: (id, options = {}) => watchAnalysis(db, bell, id, { ...options, pauseMs: LOOK_FOR_CHANGES_MS }),
    stats: rows.stats,

    async reconcile() {
      await rows.reconcile()
      const waiting = await listWaiting(db, RECONCILED, Date.now())
      await add(waiting)
      for (const { analysisId, conceded } of waiting) {
        if (!conceded) continue
        const ticket = await tickets.getJob(analysisId)
        if (ticket && ticket.priority !== CLASS.live) await ticket.changePriority({ priority: CLASS.live })
      }
    },
    async ping() {
      await rows.ping()
      await tickets.count()
    },
    async close() {
      await drawer.close()
      await tickets.close()
      work.close()
      await rows.close()
    },
  }
}
