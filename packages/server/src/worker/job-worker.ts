import { randomUUID } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { hostname } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import type { ModelIdentity } from '@unswap/contract'
import type { BatchTimes } from '@unswap/detector'
import type { Lease } from '../jobs/job-queue.ts'
import { repeatUntil } from '../repeat-until.ts'
import { removeWorker, reportWorker } from '../storage/worker-store.ts'
import { removeAbandonedFiles } from '../temporary-files.ts'
import { type AnalysisPoolOptions, openAnalysisPool, type ProcessEvent } from './analysis-pool.ts'
import { type Abort, type JobResult, type RunJobOptions, runJob } from './run-job.ts'

export interface JobWorkerOptions
  extends Omit<RunJobOptions, 'pool'>,
    Pick<AnalysisPoolOptions, 'processes' | 'analyzer' | 'environment' | 'memoryBytes'> {
  /** Analyses at a time in one process; they share batches of crops. */
  readonly concurrency: number
  /** Module that exports `openAnalyzer`; the detector’s by default. */
  readonly module?: URL
  /** Milliseconds beyond its own time limit after which an analysis is ended with its process; 30 s by default. */
  readonly hardLimitSlackMs?: number
  readonly onEvent?: (event: JobWorkerEvent) => void
}

/** What happens in a worker, for logs and metrics. */
export type JobWorkerEvent =
  | { readonly type: 'started'; readonly lease: Lease }
  | ({ readonly type: 'ended'; readonly lease: Lease; readonly milliseconds: number } & JobResult)
  | ({ readonly type: 'process' } & ProcessEvent)
  | { readonly type: 'batch'; readonly batch: BatchTimes }
  | { readonly type: 'error'; readonly error: unknown }

/** Takes jobs from the queue and has them analysed in separate processes. */
export interface JobWorker {
  readonly id: string
  readonly models: readonly ModelIdentity[]
  /** Number of running jobs. */
  running(): number
  /** Whether a process is ready to analyse. */
  ready(): boolean
  /**
   * Stops taking jobs, lets running ones finish for `graceMs`, gives the rest back to the queue, and ends the
   * processes.
   */
  stop(graceMs: number): Promise<void>
}

/** A cancelled or lost job is noticed within so many milliseconds. */
const HEARTBEAT_MS = 1000
const REPORT_MS = 5000
const RECONCILE_MS = 5000
/** Pause in milliseconds after a failure of database or queue. */
const TROUBLE_MS = 1000
const HARD_LIMIT_SLACK_MS = 30_000
const COPIES_KEPT_MS = 24 * 3600_000

/**
 * Starts the analysing processes and begins to take jobs. Resolves when the models are loaded and have passed their
 * self-tests.
 * @throws UnswapError when they cannot be loaded
 */
export async function startJobWorker(options: JobWorkerOptions): Promise<JobWorker> {
  const { db, queue, concurrency, processes } = options
  const tell = options.onEvent ?? (() => undefined)
  await mkdir(options.temporaryDir, { recursive: true, mode: 0o700 })
  await removeAbandonedFiles(options.temporaryDir, COPIES_KEPT_MS)
  const pool = await openAnalysisPool({
    module: options.module ?? new URL('./detect.ts', import.meta.url),
    analyzer: options.analyzer,
    environment: options.environment,
    processes,
    memoryBytes: options.memoryBytes,
    hardLimitMs: options.analyzer.limits.seconds * 1000 + (options.hardLimitSlackMs ?? HARD_LIMIT_SLACK_MS),
    onBatch: (batch) => tell({ type: 'batch', batch }),
    onProcess: (event) => tell({ type: 'process', ...event }),
  })
  const id = randomUUID()
  const startedAt = Date.now()
  const slots = processes * concurrency
  const held = new Map<Lease, { controller: AbortController; done: Promise<void> }>()
  const stopping = new AbortController()
  let freed = Promise.withResolvers<void>()

  const run = async (lease: Lease, signal: AbortSignal) => {
    tell({ type: 'started', lease })
    const start = performance.now()
    try {
      const result = await runJob(lease, signal, { ...options, pool })
      tell({ type: 'ended', lease, milliseconds: performance.now() - start, ...result })
    } catch (error) {
      // The queue cannot be reached. The lease runs out, and the job is started again, here or elsewhere.
      tell({ type: 'error', error })
    } finally {
      held.delete(lease)
      freed.resolve()
    }
  }

  const takeJobs = async () => {
    while (!stopping.signal.aborted) {
      if (held.size >= slots) {
        await freed.promise
        freed = Promise.withResolvers()
        continue
      }
      const lease = await queue.take(id)
      if (!lease) {
        await queue.wait(stopping.signal)
        continue
      }
      const controller = new AbortController()
      const done = Promise.resolve().then(() => run(lease, controller.signal))
      held.set(lease, { controller, done })
    }
  }

  const heartbeat = async () => {
    const leases = [...held.keys()]
    const lost = await queue.heartbeat(leases)
    for (const lease of leases) {
      if (lost.has(lease.analysisId)) held.get(lease)?.controller.abort('lost' satisfies Abort)
    }
  }

  const report = () =>
    reportWorker(db, {
      id,
      host: hostname(),
      concurrency: slots,
      running: held.size,
      // No model counts as proven while no process can start, for instance because a model file is damaged.
      models: pool.ready() ? pool.models : [],
      startedAt,
    })

  const repeat = (work: () => Promise<unknown>, everyMs: number, until: AbortSignal) =>
    repeatUntil(until, work, {
      everyMs,
      afterErrorMs: TROUBLE_MS,
      // Failures while the worker stops are expected.
      onError: (error) => until.aborted || tell({ type: 'error', error }),
    })

  const stopped = new AbortController()
  await report()
  const loops = [
    repeat(takeJobs, 0, stopping.signal),
    repeat(heartbeat, HEARTBEAT_MS, stopped.signal),
    repeat(report, REPORT_MS, stopped.signal),
    repeat(() => queue.reconcile(), RECONCILE_MS, stopped.signal),
  ]

  return {
    id,
    models: pool.models,
    running: () => held.size,
    ready: pool.ready,
    async stop(graceMs) {
      stopping.abort()
      freed.resolve()
      await loops[0]
      const all = () => Promise.all([...held.values()].map(({ done }) => done))
      const grace = new AbortController()
      await Promise.race([all(), pause(graceMs, undefined, { signal: grace.signal }).catch(() => undefined)])
      grace.abort()
      for (const { controller } of held.values()) controller.abort('stopping' satisfies Abort)
      const closed = pool.close()
      await all()
      await closed
      stopped.abort()
      await Promise.all(loops)
      await removeWorker(db, id)
    },
  }
}
