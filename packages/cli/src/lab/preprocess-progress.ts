import type { PreprocessProgress } from '@unswap/lab'
import type { Bar } from '../terminal/progress-bar.ts'

/** Shows how far preprocessing is, and how long the rest takes. */
export const preparing =
  (bar: Bar) =>
  ({ items, itemsTotal, crops, secondsLeft }: PreprocessProgress): void => {
    const left = secondsLeft === null ? '' : ` · ${duration(secondsLeft)} left`
    bar.update(items / Math.max(itemsTotal, 1), `${items}/${itemsTotal} · ${crops} faces${left}`)
  }

/** Seconds as people say them. */
function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`
  return `${(seconds / 3600).toFixed(1)} h`
}
