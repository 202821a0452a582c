/** Points enough for a plot; the last one is kept. */
export function thinPoints<T>(points: readonly T[], most = 200): T[] {
  const step = Math.max(1, points.length / most)
  const kept = points.filter((_, i) => Math.floor(i / step) !== Math.floor((i - 1) / step))
  return kept.at(-1) === points.at(-1) ? kept : [...kept, points.at(-1)!]
}
