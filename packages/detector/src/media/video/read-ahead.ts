/**
 * The same items, up to `depth` of them fetched while the consumer is busy.
 * @param leave Called before `source` is told to return, so that it need not finish what it was asked for.
 */
export async function* readAhead<T>(
  source: AsyncGenerator<T, void, undefined>,
  depth: number,
  leave: () => void,
): AsyncGenerator<T, void, undefined> {
  const pending: Promise<IteratorResult<T, void>>[] = []
  const fetch = () => {
    const next = source.next()
    // A failure is reported when its turn comes, which may be never.
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
