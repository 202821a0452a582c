import { errorFunction, median } from 'simple-statistics'

/** How a series of figures moves: see `trendOf`. */
export interface Trend {
  readonly median: number
  /** Median of the slopes between all pairs (Theil and Sen), in units a minute. */
  readonly perMinute: number
  /** Chance that a series without a trend looks like this one (Mann and Kendall, with ties). */
  readonly p: number
  readonly flat: boolean
}

const CHANCE = 0.01
/** Less growth over the whole time than this share of the median is no leak that anybody would meet. */
const SHARE = 0.05

/**
 * Whether figures taken at `minutes` grow: not flat are those that rise by more than chance and by more than a twentieth
 * of their median. Test of Mann (1945) and Kendall (1975); slope of Theil (1950) and Sen (1968).
 */
export function trendOf(minutes: readonly number[], values: readonly number[]): Trend {
  const slopes: number[] = []
  let rises = 0
  for (let i = 0; i < values.length; i++) {
    for (let j = i + 1; j < values.length; j++) {
      slopes.push((values[j]! - values[i]!) / (minutes[j]! - minutes[i]!))
      rises += Math.sign(values[j]! - values[i]!)
    }
  }
  const n = values.length
  const ties = Object.values(Object.groupBy(values, String)).map((group) => group!.length)
  const term = (count: number) => count * (count - 1) * (2 * count + 5)
  const variance = (term(n) - ties.reduce((sum, count) => sum + term(count), 0)) / 18
  const p = variance === 0 ? 1 : 1 - errorFunction(Math.max(0, Math.abs(rises) - 1) / Math.sqrt(2 * variance))
  const [middle, perMinute] = [medianOf([...values]), medianOf(slopes)]
  const grown = perMinute * ((minutes.at(-1) ?? 0) - (minutes[0] ?? 0))
  return { median: middle, perMinute, p, flat: !(p < CHANCE && grown > SHARE * middle) }
}

/** Median; 0 of no values. */
const medianOf = (values: number[]) => (values.length === 0 ? 0 : median(values))
