/** `count` of the values, or all when there are fewer, spread evenly. */
export function pickEvenly<T>(values: readonly T[], count: number): T[] {
  const kept = Math.min(count, values.length)
  return Array.from({ length: kept }, (_, i) => values[Math.floor(((i + 0.5) * values.length) / kept)]!)
}
