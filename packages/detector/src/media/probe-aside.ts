import { Worker } from 'node:worker_threads'
import { type ErrorCode, type Limits, UnswapError } from '@unswap/contract'
import type { VideoFile, VideoStream } from './decoder.ts'
import { checkCancelled, tooSlow } from './limits.ts'

export interface ProbeTask {
  readonly file: VideoFile
  readonly limits: Limits
}

export type ProbeAnswer =
  | { readonly stream: VideoStream }
  | { readonly error: { readonly code: ErrorCode; readonly message: string; readonly retryable: boolean } }

/** What the tables of a video of `MOST_ENTRIES` frames take, several times over. */
const MOST_MEMORY_MB = 2048

/**
 * `probeWithMediabunny` in a thread of its own: a table that claims four thousand million frames keeps it busy for
 * minutes, in which nothing else of its thread could run, not even the limit of time.
 * @throws UnswapError what the probe throws, `limit_time`, `cancelled`.
 */
export async function probeAside(file: VideoFile, limits: Limits, signal: AbortSignal): Promise<VideoStream> {
  checkCancelled(signal)
  const thread = new Worker(new URL('./probe-thread.ts', import.meta.url), {
    workerData: { file, limits } satisfies ProbeTask,
    resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY_MB },
  })
  const deadline = AbortSignal.timeout(Math.ceil(Math.min(limits.seconds, 2 ** 31 / 1000 - 1) * 1000))
  const ending = AbortSignal.any([signal, deadline])
  try {
    const answer = await new Promise<ProbeAnswer>((resolve, reject) => {
      thread.once('message', resolve).once('error', (cause) => reject(collapsed(cause)))
      const end = () => reject(tooSlow(limits))
      if (ending.aborted) end()
      else ending.addEventListener('abort', end, { once: true })
    })
    if ('stream' in answer) return answer.stream
    const { code, message, retryable } = answer.error
    throw new UnswapError(code, message, { retryable })
  } catch (cause) {
    checkCancelled(signal)
    throw cause
  } finally {
    await thread.terminate()
  }
}

function collapsed(cause: unknown): UnswapError {
  const detail = cause instanceof Error ? cause.message : String(cause)
  return new UnswapError('media_unreadable', `The video is damaged and cannot be read: ${detail}`, { cause })
}
