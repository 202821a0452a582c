/** Added to each bin, so that an empty one does not make a distance infinite. */
const SMOOTHING = 0.5

/** Shares of the bins; `counts` need not be whole. */
export function shares(counts: readonly number[], smoothing = SMOOTHING): number[] {
  const total = counts.reduce((sum, count) => sum + count + smoothing, 0)
  return counts.map((count) => (count + smoothing) / total)
}

/**
 * Population stability index: Σ (q − p) ln(q / p), symmetric. In credit scoring, where it comes from, below 0.1 is taken
 * for stable and above 0.25 for a shift (Siddiqi 2006).
 */
export const stabilityIndex = (p: readonly number[], q: readonly number[]): number =>
  p.reduce((sum, own, i) => sum + (q[i]! - own) * Math.log(q[i]! / own), 0)

/** Jensen-Shannon distance, 0..1: the root of the divergence in bits (Lin 1991). */
export function jensenShannon(p: readonly number[], q: readonly number[]): number {
  const toMiddle = (own: readonly number[], other: readonly number[]) =>
    own.reduce((sum, share, i) => {
      const middle = (share + other[i]!) / 2
      return share === 0 ? sum : sum + share * Math.log2(share / middle)
    }, 0)
  return Math.sqrt(Math.max(0, (toMiddle(p, q) + toMiddle(q, p)) / 2))
}

/** Kolmogorov-Smirnov: the largest gap of the cumulated shares at the bins' ends, 0..1. */
export function largestGap(p: readonly number[], q: readonly number[]): number {
  let [gap, largest] = [0, 0]
  p.forEach((own, i) => {
    gap += own - q[i]!
    largest = Math.max(largest, Math.abs(gap))
  })
  return largest
}

/** Gap that two samples of one distribution exceed once in a hundred times; with bins even more seldom. */
export const gapByChance = (n: number, m: number): number => 1.628 * Math.sqrt((n + m) / (n * m))
