/**
 * Runs something for several callers. Its signal aborts once the signals of all callers have, or `closing` has. A caller
 * without a signal keeps the run going.
 */
export async function withSharedCancellation<T>(
  callers: readonly (AbortSignal | undefined)[],
  closing: AbortSignal,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const ended = new AbortController()
  const shared = new AbortController()
  const check = () => {
    if (closing.aborted || callers.every((caller) => caller?.aborted)) shared.abort()
  }
  for (const signal of new Set([...callers, closing])) {
    signal?.addEventListener('abort', check, { once: true, signal: ended.signal })
  }
  check()
  try {
    return await run(shared.signal)
  } finally {
    ended.abort()
  }
}
