import { requireBoth, type Sample } from './labelled-sample.ts'

/** A threshold and what it gives: samples at or above it are called manipulated. */
export interface OperatingPoint {
  readonly threshold: number
  /** Share of reals called manipulated. */
  readonly falsePositiveRate: number
  /** Share of fakes called manipulated. */
  readonly truePositiveRate: number
}

/**
 * The ROC curve: one point per distinct value, from the strictest threshold (+∞, nothing called manipulated) to the
 * laxest (everything).
 * @throws UnswapError `bad_option` without both labels
 */
export function rocCurve(samples: readonly Sample[]): OperatingPoint[] {
  requireBoth(samples)
  const sorted = samples.toSorted((a, b) => b.value - a.value)
  const fakes = sorted.filter(({ label }) => label === 'fake').length
  const reals = sorted.length - fakes
  const points: OperatingPoint[] = [{ threshold: Infinity, falsePositiveRate: 0, truePositiveRate: 0 }]
  let [falsePositives, truePositives] = [0, 0]
  sorted.forEach(({ label, value }, i) => {
    if (label === 'fake') truePositives++
    else falsePositives++
    if (sorted[i + 1]?.value === value) return
    points.push({
      threshold: value,
      falsePositiveRate: falsePositives / reals,
      truePositiveRate: truePositives / fakes,
    })
  })
  return points
}

/** Area under the ROC curve: the chance that a fake outscores a real, ties counting half (Mann–Whitney). */
export function auc(samples: readonly Sample[]): number {
  const curve = rocCurve(samples)
  return curve.slice(1).reduce((area, point, i) => {
    const before = curve[i]!
    const width = point.falsePositiveRate - before.falsePositiveRate
    return area + (width * (point.truePositiveRate + before.truePositiveRate)) / 2
  }, 0)
}

/** Equal error rate: where false positives and misses are equally frequent, linear between the curve's points. */
export function equalErrorRate(samples: readonly Sample[]): number {
  const curve = rocCurve(samples)
  const gap = (point: OperatingPoint) => point.falsePositiveRate - (1 - point.truePositiveRate)
  const after = curve.findIndex((point) => gap(point) >= 0)
  const [a, b] = [curve[after - 1]!, curve[after]!]
  const share = gap(a) / (gap(a) - gap(b))
  return a.falsePositiveRate + share * (b.falsePositiveRate - a.falsePositiveRate)
}

/** What a threshold gives on these samples. Rates are NaN where a label is missing. */
export function ratesAt(
  samples: readonly Sample[],
  threshold: number,
): OperatingPoint & { accuracy: number } {
  const called = (label: Sample['label']) => {
    const of = samples.filter((sample) => sample.label === label)
    return of.filter(({ value }) => value >= threshold).length / of.length
  }
  const correct = samples.filter(({ label, value }) => (label === 'fake') === value >= threshold).length
  return {
    threshold,
    falsePositiveRate: called('real'),
    truePositiveRate: called('fake'),
    accuracy: correct / samples.length,
  }
}
