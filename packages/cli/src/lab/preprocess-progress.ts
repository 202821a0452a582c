import type { PreprocessProgress } from '@unswap/lab'
import { duration } from '../terminal/duration.ts'
import type { Bar } from '../terminal/progress-bar.ts'

/** Shows how far preprocessing is, and how long the rest takes. */
export const preparing =
  (bar: Bar) =>
  ({ items, itemsTotal, crops, secondsLeft }: PreprocessProgress): void => {
    const left = secondsLeft === null ? '' : ` · ${duration(secondsLeft)} left`
    bar.update(items / Math.max(itemsTotal, 1), `${items}/${itemsTotal} · ${crops} faces${left}`)
  }
