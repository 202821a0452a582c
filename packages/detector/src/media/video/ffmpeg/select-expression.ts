/**
 * An expression of ffmpeg's `select` filter that is true for the given values of a variable. It is a binary search,
 * because it is evaluated for every frame.
 * @param values ascending whole numbers with their place in the stream; neighbouring places are joined to one range
 */
export function selectExpression(
  variable: 'pts' | 'n',
  values: readonly { readonly value: number; readonly place: number }[],
): string {
  const ranges: { first: number; last: number; place: number }[] = []
  for (const { value, place } of values) {
    const range = ranges.at(-1)
    if (range !== undefined && place === range.place + 1) Object.assign(range, { last: value, place })
    else ranges.push({ first: value, last: value, place })
  }
  const search = (low: number, high: number): string => {
    if (high - low === 1) return `between(${variable},${ranges[low]!.first},${ranges[low]!.last})`
    const middle = (low + high) >> 1
    return `if(lt(${variable},${ranges[middle]!.first}),${search(low, middle)},${search(middle, high)})`
  }
  return search(0, ranges.length)
}
