/**
 * Runs something for several callers, with a signal that aborts once every one of them has gone or `closing` aborts.
 * A caller without a signal never goes.
 */
export async function untilDeserted<T>(
  callers: readonly (AbortSignal | undefined)[],
  closing: AbortSignal,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const ended = new AbortController()
  const deserted = new AbortController()
  const look = () => {
    if (closing.aborted || callers.every((caller) => caller?.aborted)) deserted.abort()
  }
  for (const signal of new Set([...callers, closing])) {
    signal?.addEventListener('abort', look, { once: true, signal: ended.signal })
  }
  look()
  try {
    return await run(deserted.signal)
  } finally {
    ended.abort()
  }
}
