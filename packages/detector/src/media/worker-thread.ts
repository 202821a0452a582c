import { setTimeout as pause } from 'node:timers/promises'
import { parentPort, Worker, workerData } from 'node:worker_threads'
import { type ErrorCode, type Limits, toUnswapError, UnswapError } from '@unswap/contract'
import { checkCancelled, decodingTooSlow } from './check-limits.ts'

type Answer<Result> =
  | { readonly result: Result }
  | { readonly error: { readonly code: ErrorCode; readonly message: string; readonly retryable: boolean } }

/** Time for a thread that has answered to close its files; terminated earlier, it would leave them open. */
const CLOSING_MS = 2000

/** Several times what the frame tables of the longest accepted video need. */
const MOST_MEMORY_MB = 2048

/**
 * Runs `program` on a task in a thread of its own. Crafted media can keep a decoder busy for minutes; a thread can be
 * terminated, at the limit of time or when the signal aborts, and blocks nothing else.
 * @param program a file that calls `answerWorkerTask`
 * @throws UnswapError what the program throws, `media_unreadable` when the thread crashes, `limit_time`, `cancelled`
 */
export async function runInWorkerThread<Result>(
  program: URL,
  task: unknown,
  limits: Limits,
  signal: AbortSignal,
): Promise<Result> {
  checkCancelled(signal)
  const thread = new Worker(program, {
    workerData: task,
    execArgv: [], // options such as `--input-type` are for the main program only
    resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY_MB },
  })
  const deadline = AbortSignal.timeout(Math.ceil(Math.min(limits.seconds, 2 ** 31 / 1000 - 1) * 1000))
  const ending = AbortSignal.any([signal, deadline])
  const exited = new Promise((resolve) => thread.once('exit', resolve))
  try {
    const answer = await new Promise<Answer<Result>>((resolve, reject) => {
      thread.once('message', resolve).once('error', (cause) => reject(crashed(cause)))
      thread.once('exit', (status) => reject(crashed(new Error(`the thread ended with ${status}`))))
      const end = () => reject(decodingTooSlow(limits))
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
    if (!ending.aborted) await Promise.race([exited, pause(CLOSING_MS, undefined, { ref: false })])
    await thread.terminate()
  }
}

/** The whole of a program for `runInWorkerThread`: does `work` on the task and sends back its result or its error. */
export async function answerWorkerTask<Task, Result>(work: (task: Task) => Promise<Result>): Promise<void> {
  const answer = await work(workerData as Task).then(
    (result): Answer<Result> => ({ result }),
    (thrown): Answer<Result> => {
      const { code, message, retryable } = toUnswapError(thrown)
      return { error: { code, message, retryable } }
    },
  )
  parentPort!.postMessage(answer)
}

function crashed(cause: unknown): UnswapError {
  const detail = cause instanceof Error ? cause.message : String(cause)
  return new UnswapError('media_unreadable', `The file is damaged and cannot be read: ${detail}`, { cause })
}
