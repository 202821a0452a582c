/**
 * Runs `work` over `items`, at most `concurrency` at a time, and yields the results in the order of the items
 * as soon as each is due. `work` must not throw: an item's failure is its result.
 */
export async function* inOrder<Item, Result>(
  items: readonly Item[],
  concurrency: number,
  work: (item: Item, index: number) => Promise<Result>,
): AsyncGenerator<Result, void, undefined> {
  const due = items.map(() => Promise.withResolvers<Result>())
  let next = 0
  const worker = async () => {
    while (next < items.length) {
      const at = next++
      due[at]!.resolve(await work(items[at]!, at))
    }
  }
  const workers = Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, worker))
  for (const result of due) yield await result.promise
  await workers
}
