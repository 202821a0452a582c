import { setTimeout as pause } from 'node:timers/promises'
import { parentPort, Worker, workerData } from 'node:worker_threads'
import { type ErrorCode, type Limits, toUnswapError, UnswapError } from '@unswap/contract'
import { checkCancelled, tooSlow } from './limits.ts'

type Answer<Result> =
  | { readonly result: Result }
  | { readonly error: { readonly code: ErrorCode; readonly message: string; readonly retryable: boolean } }

/** Milliseconds in which a thread that has answered closes its files; ended before, it would leave them open. */
const CLOSING = 2000

/** What the tables of the longest video take, several times over. */
const MOST_MEMORY_MB = 2048

/**
 * Has `program` do its work on a task in a thread of its own, which is ended at the limit of time or when the signal is
 * aborted: crafted media keep a decoder busy for minutes, in which nothing else of its thread could run.
 * @throws UnswapError what the program throws, `media_unreadable` where it collapses, `limit_time`, `cancelled`.
 */
export async function runAside<Result>(
  program: URL,
  task: unknown,
  limits: Limits,
  signal: AbortSignal,
): Promise<Result> {
  checkCancelled(signal)
  const thread = new Worker(program, {
    workerData: task,
    execArgv: [], // such as `--input-type` are for the main program alone
    resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY_MB },
  })
  const deadline = AbortSignal.timeout(Math.ceil(Math.min(limits.seconds, 2 ** 31 / 1000 - 1) * 1000))
  const ending = AbortSignal.any([signal, deadline])
  const exited = new Promise((resolve) => thread.once('exit', resolve))
  try {
    const answer = await new Promise<Answer<Result>>((resolve, reject) => {
      thread.once('message', resolve).once('error', (cause) => reject(collapsed(cause)))
      thread.once('exit', (status) => reject(collapsed(new Error(`its reader ended with ${status}`))))
      const end = () => reject(tooSlow(limits))
      if (ending.aborted) end()
      else ending.addEventListener('abort', end, { once: true })
    })
    if ('result' in answer) return answer.result
    const { code, message, retryable } = answer.error
    throw new UnswapError(code, message, { retryable })
  } catch (cause) {
    checkCancelled(signal)
    throw cause
  } finally {
    if (!ending.aborted) await Promise.race([exited, pause(CLOSING, undefined, { ref: false })])
    await thread.terminate()
  }
}

/** The other side: the whole of a program for `runAside`. */
export async function workAside<Task, Result>(work: (task: Task) => Promise<Result>): Promise<void> {
  const answer = await work(workerData as Task).then(
    (result): Answer<Result> => ({ result }),
    (thrown): Answer<Result> => {
      const { code, message, retryable } = toUnswapError(thrown)
      return { error: { code, message, retryable } }
    },
  )
  parentPort!.postMessage(answer)
}

function collapsed(cause: unknown): UnswapError {
  const detail = cause instanceof Error ? cause.message : String(cause)
  return new UnswapError('media_unreadable', `The file is damaged and cannot be read: ${detail}`, { cause })
}
