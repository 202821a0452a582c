/** Makes the median absolute deviation of a normal distribution its standard deviation. */
const NORMAL = 1.4826

/**
 * Linear interpolation between order statistics, as numpy does (type 7 of Hyndman and Fan 1996); NaN of nothing. The
 * quantile of simple-statistics does not interpolate, and calibrations were fitted with this one.
 */
export function quantile(values: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(values).sort()
  const at = (sorted.length - 1) * share
  const below = Math.floor(at)
  return sorted[below]! + (sorted[Math.ceil(at)]! - sorted[below]!) * (at - below)
}

export const median = (values: ArrayLike<number>): number => quantile(values, 0.5)

/** Robust standard deviation: scaled median absolute deviation. 0 with fewer than two values. */
export function robustSpread(values: ArrayLike<number>): number {
  if (values.length < 2) return 0
  const middle = median(values)
  return NORMAL * median(Float64Array.from(values, (value) => Math.abs(value - middle)))
}

/**
 * Weighted mean of values that are first clipped to their 5th and 95th percentiles (Winsor). A single outlier among
 * twenty frames moves it little. A longer passage counts in full, which a median would ignore.
 */
export function winsorisedMean(values: ArrayLike<number>, weights: ArrayLike<number>): number {
  const [low, high] = [quantile(values, 0.05), quantile(values, 0.95)]
  let [sum, total] = [0, 0]
  for (let i = 0; i < values.length; i++) {
    sum += Math.min(high, Math.max(low, values[i]!)) * weights[i]!
    total += weights[i]!
  }
  return sum / total
}

/**
 * How many independent samples a series is worth: Kish's effective size for unequal weights, reduced by
 * the correlation of neighbours as for an autoregressive process of first order. At least 1.
 */
export function effectiveSize(values: ArrayLike<number>, weights: ArrayLike<number>): number {
  let [total, squares, sum] = [0, 0, 0]
  for (let i = 0; i < values.length; i++) {
    total += weights[i]!
    squares += weights[i]! ** 2
    sum += values[i]!
  }
  const mean = sum / values.length
  let [variance, product] = [0, 0]
  for (let i = 0; i < values.length; i++) {
    variance += (values[i]! - mean) ** 2
    if (i) product += (values[i]! - mean) * (values[i - 1]! - mean)
  }
  const correlation = variance ? Math.min(0.99, Math.max(0, product / variance)) : 0
  return Math.max(1, ((total ** 2 / squares) * (1 - correlation)) / (1 + correlation))
}
