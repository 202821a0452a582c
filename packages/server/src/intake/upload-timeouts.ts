import { UnswapError } from '@unswap/contract'

/** How long to wait for a sender. */
export interface UploadTimeouts {
  /** Longest pause between two chunks. */
  readonly stallSeconds: number
  /** Longest upload. */
  readonly seconds: number
}

/**
 * Passes the chunks through; throws when the next one, or the whole, takes too long.
 * @throws UnswapError `body_timeout`
 */
export async function* withUploadTimeouts<T>(
  source: AsyncIterable<T>,
  options: UploadTimeouts,
): AsyncGenerator<T> {
  // A monotonic clock: the system clock may be set while an upload runs.
  const end = performance.now() + options.seconds * 1000
  const pieces = source[Symbol.asyncIterator]()
  try {
    for (;;) {
      const left = Math.min(options.stallSeconds * 1000, end - performance.now())
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<never>((_, reject) => {
        const tooSlow = () =>
          reject(
            new UnswapError('body_timeout', 'The upload was too slow or stopped; send it again.', {
              retryable: true,
            }),
          )
        timer = setTimeout(tooSlow, Math.max(0, left))
      })
      const next = await Promise.race([pieces.next(), late]).finally(() => clearTimeout(timer))
      if (next.done) return
      yield next.value
    }
  } finally {
    // Not awaited: a source that hangs would hang here, too.
    void pieces.return?.().catch(() => undefined)
  }
}
