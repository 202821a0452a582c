/**
 * The items of `source`, of which up to `depth` are requested ahead while the consumer is busy.
 * @param leave called before `source.return`, so that the source can drop what was requested
 */
export async function* readAhead<T>(
  source: AsyncGenerator<T, void, undefined>,
  depth: number,
  leave: () => void,
): AsyncGenerator<T, void, undefined> {
  const pending: Promise<IteratorResult<T, void>>[] = []
  const fetch = () => {
    const next = source.next()
    // A failure is thrown when its item is due, and ignored when the consumer leaves before.
    next.catch(() => {})
    pending.push(next)
  }
  try {
    for (let item = 0; item < depth; item++) fetch()
    for (;;) {
      const { done, value } = await pending.shift()!
      if (done) return
      fetch()
      yield value
    }
  } finally {
    leave()
    await Promise.allSettled([...pending, source.return()])
  }
}
