import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { type ModelIdentity, type Progress, UnswapError } from '@unswap/contract'
import type { BatchTimes } from '@unswap/detector'
import type { AnalyzerOptions, Task, TaskResult } from './analyzer.ts'
import type { FromProcess, SerializedError, ToProcess } from './process-messages.ts'

const PROGRAM = fileURLToPath(new URL('./analysis-process-main.ts', import.meta.url))

/** Milliseconds that a process has to end by itself before it is killed. */
const CLOSE_MS = 5000

/** One analysing process, with its models loaded. */
export interface AnalysisProcess {
  readonly pid: number
  readonly models: readonly ModelIdentity[]
  /** Number of running tasks. */
  readonly busy: number
  /** Resident memory in bytes, as last reported. */
  readonly memory: number
  /**
   * Runs one task, at the same time as others.
   * @throws UnswapError that of the analysis, `cancelled` after `signal`, `worker_crashed` when the process dies
   */
  analyze(
    task: Task,
    context: { readonly signal: AbortSignal; readonly onProgress: (progress: Progress) => void },
  ): Promise<TaskResult>
  /** Resolves when the process has ended, with the reason. */
  readonly ended: Promise<string>
  /** Lets it end by itself, and kills it if it does not. */
  close(): Promise<void>
  /** Kills it at once. */
  kill(): void
}

export interface AnalysisProcessOptions {
  /** Module that exports `openAnalyzer`. */
  readonly module: URL
  readonly analyzer: AnalyzerOptions
  /** Its environment variables: what native code needs, and no secrets. */
  readonly environment: Readonly<Record<string, string>>
  /** Called after each batch of crops. */
  readonly onBatch?: (batch: BatchTimes) => void
}

/**
 * V8 starts with a small heap, and counts pictures, which lie outside it, as part of it. With the default it collects
 * garbage at every other frame, which was measured to cost a quarter of a video's processor time. In MB; unused heap
 * takes no memory.
 */
const HEAP = ['--initial-heap-size=128']

interface WaitingJob {
  resolve(result: TaskResult): void
  reject(error: UnswapError): void
  onProgress(progress: Progress): void
}

/**
 * Starts a process and loads the models in it.
 * @throws UnswapError why the models cannot be loaded, or `worker_crashed`
 */
export async function startAnalysisProcess(options: AnalysisProcessOptions): Promise<AnalysisProcess> {
  const child = fork(PROGRAM, { serialization: 'advanced', execArgv: HEAP, env: { ...options.environment } })
  const waiting = new Map<string, WaitingJob>()
  let memory = 0
  const ended = untilEnded(child)
  const tell = (message: ToProcess) => {
    if (child.connected) child.send(message, () => undefined)
  }

  const models = await new Promise<readonly ModelIdentity[]>((resolve, reject) => {
    child.on('message', (message: FromProcess) => {
      if (message.type === 'ready') return resolve(message.models)
      if (message.type === 'unready') return reject(revive(message.error))
      if (message.type === 'batch') return options.onBatch?.(message.batch)
      if (message.type === 'memory') {
        memory = message.bytes
        return
      }
      const task = waiting.get(message.id)
      if (message.type === 'progress') return task?.onProgress(message.progress)
      waiting.delete(message.id)
      if (message.type === 'done') task?.resolve(message.result)
      else task?.reject(revive(message.error))
    })
    void ended.then((reason) => {
      reject(crashed(reason))
      for (const task of waiting.values()) task.reject(crashed(reason))
      waiting.clear()
    })
    tell({ type: 'open', module: options.module.href, options: options.analyzer })
  }).catch((thrown) => {
    child.kill('SIGKILL')
    throw thrown
  })

  return {
    pid: child.pid!,
    models,
    get busy() {
      return waiting.size
    },
    get memory() {
      return memory
    },
    ended,
    async analyze(task, { signal, onProgress }) {
      if (!child.connected) throw crashed('it had ended already')
      const { promise, resolve, reject } = Promise.withResolvers<TaskResult>()
      waiting.set(task.id, { resolve, reject, onProgress })
      const cancel = () => tell({ type: 'cancel', id: task.id })
      tell({ type: 'analyze', task })
      if (signal.aborted) cancel()
      signal.addEventListener('abort', cancel)
      try {
        return await promise
      } finally {
        signal.removeEventListener('abort', cancel)
      }
    },
    async close() {
      tell({ type: 'close' })
      const timer = setTimeout(() => child.kill('SIGKILL'), CLOSE_MS)
      await ended
      clearTimeout(timer)
    },
    kill: () => void child.kill('SIGKILL'),
  }
}

async function untilEnded(child: ChildProcess): Promise<string> {
  try {
    const [status, signal] = (await once(child, 'exit')) as [number | null, string | null]
    return signal ? `signal ${signal}` : `exit status ${status}`
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause)
  }
}

const crashed = (reason: string) =>
  new UnswapError('worker_crashed', `The process that analysed this media ended unexpectedly (${reason}).`)

const revive = ({ code, message, retryable }: SerializedError) =>
  new UnswapError(code, message, { retryable })
