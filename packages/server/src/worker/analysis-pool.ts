import { type ModelIdentity, type Progress, UnswapError } from '@unswap/contract'
import pRetry, { AbortError } from 'p-retry'
import {
  type AnalysisProcess,
  type AnalysisProcessOptions,
  startAnalysisProcess,
} from './analysis-process.ts'
import type { Task, TaskResult } from './analyzer.ts'

export interface AnalysisPoolOptions extends AnalysisProcessOptions {
  readonly processes: number
  /** A process with more resident memory (bytes) is replaced once its tasks are done; 0 for no limit. */
  readonly memoryBytes: number
  /** A task that takes longer no longer listens, so its process is killed. */
  readonly hardLimitMs: number
  readonly onProcess: (event: ProcessEvent) => void
}

/** Something that happened to an analysing process. */
export interface ProcessEvent {
  readonly event: 'ready' | 'ended' | 'failed'
  readonly pid: number | null
  readonly detail: string
}

interface RunContext {
  readonly signal: AbortSignal
  readonly onProgress: (progress: Progress) => void
  /** Whether it runs in a process of its own, because it was running when a process died and may be the cause. */
  readonly alone: boolean
}

/**
 * The analysing processes of a worker. They are started, given tasks, and replaced when they die or grow too large.
 */
export interface AnalysisPool {
  readonly models: readonly ModelIdentity[]
  /** Runs a task in the process with the fewest tasks. Throws as `AnalysisProcess.analyze`, and `limit_time`. */
  run(task: Task, context: RunContext): Promise<TaskResult>
  /** Whether at least one process is ready. */
  ready(): boolean
  close(): Promise<void>
}

const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 30_000

interface Slot {
  process: AnalysisProcess | null
  /** The process, or the one that will replace it. */
  next: Promise<AnalysisProcess>
  assigned: number
}

/**
 * Starts the processes. Resolves when the first is ready.
 * @throws UnswapError when the models cannot be loaded
 */
export async function openAnalysisPool(options: AnalysisPoolOptions): Promise<AnalysisPool> {
  let closing = false
  const { onProcess } = options

  const start = async (): Promise<AnalysisProcess> => {
    const started = await startAnalysisProcess(options)
    onProcess({ event: 'ready', pid: started.pid, detail: `${started.models.length} models` })
    return started
  }

  /** Starts a process, with growing pauses until it works. */
  const restart = (): Promise<AnalysisProcess> =>
    pRetry(
      () => {
        // p-retry's `signal` is not used: it would lose a process that starts just before the signal fires.
        if (closing) throw new AbortError(new UnswapError('cancelled', 'The service is stopping.'))
        return start()
      },
      {
        retries: Number.POSITIVE_INFINITY,
        minTimeout: FIRST_PAUSE_MS,
        maxTimeout: LONGEST_PAUSE_MS,
        onFailedAttempt: ({ error }) => onProcess({ event: 'failed', pid: null, detail: error.message }),
      },
    )

  const fill = (slot: Slot, starting: Promise<AnalysisProcess>) => {
    slot.next = starting.then((ready) => {
      slot.process = ready
      void ready.ended.then((detail) => {
        onProcess({ event: 'ended', pid: ready.pid, detail })
        if (slot.process !== ready || closing) return
        slot.process = null
        fill(slot, restart())
      })
      return ready
    })
    slot.next.catch(() => undefined)
  }

  const openSlot = (): Slot => {
    const slot = { process: null, assigned: 0 } as Pick<Slot, 'process' | 'assigned'> as Slot
    fill(slot, start())
    return slot
  }

  /** Replaces a process that has grown too large: it gets no more tasks and ends after its last one. */
  const replaceLarge = (slot: Slot) => {
    const large = slot.process
    if (!large || options.memoryBytes === 0 || large.memory <= options.memoryBytes) return
    slot.process = null
    fill(slot, restart())
    const closeWhenIdle = () => (large.busy === 0 ? void large.close() : void setTimeout(closeWhenIdle, 250))
    closeWhenIdle()
  }

  const limited = async (ready: AnalysisProcess, task: Task, context: RunContext): Promise<TaskResult> => {
    let late = false
    const timer = setTimeout(() => {
      late = true
      ready.kill()
    }, options.hardLimitMs)
    try {
      return await ready.analyze(task, context)
    } catch (thrown) {
      if (!late) throw thrown
      throw new UnswapError('limit_time', 'The analysis took too long and no longer answered.', {
        cause: thrown,
      })
    } finally {
      clearTimeout(timer)
    }
  }

  let aloneTurn: Promise<unknown> = Promise.resolve()
  let alone: AnalysisProcess | null = null
  const runAlone = (task: Task, context: RunContext): Promise<TaskResult> => {
    const turn = aloneTurn.then(async () => {
      context.signal.throwIfAborted()
      const own = await start()
      alone = own
      void own.ended.then((detail) => onProcess({ event: 'ended', pid: own.pid, detail }))
      try {
        return await limited(own, task, context)
      } finally {
        alone = null
        await own.close()
      }
    })
    aloneTurn = turn.catch(() => undefined)
    return turn
  }

  const slots = Array.from({ length: options.processes }, openSlot)
  const first = await Promise.any(slots.map((slot) => slot.next)).catch(({ errors }: AggregateError) => {
    closing = true
    throw errors[0]
  })

  return {
    models: first.models,
    async run(task, context) {
      if (context.alone) return runAlone(task, context)
      const slot = slots.reduce((least, other) => (other.assigned < least.assigned ? other : least))
      slot.assigned++
      try {
        replaceLarge(slot)
        return await limited(await slot.next, task, context)
      } finally {
        slot.assigned--
      }
    },
    ready: () => slots.some((slot) => slot.process !== null),
    async close() {
      closing = true
      await alone?.close()
      await aloneTurn
      await Promise.allSettled(slots.map(async (slot) => (await slot.next).close()))
    },
  }
}
