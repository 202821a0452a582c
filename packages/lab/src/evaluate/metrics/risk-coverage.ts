import type { Sample } from './labelled-sample.ts'

/** When only the surest `coverage` (0..1) of the samples is judged, `risk` (0..1) of those is judged wrongly. */
export interface RiskPoint {
  readonly coverage: number
  readonly risk: number
}

/**
 * The risk-coverage curve of a detector that may abstain: samples are answered in order of their distance from
 * `threshold`, surest first (El-Yaniv and Wiener 2010). Equally sure samples are answered together.
 */
export function riskCoverage(samples: readonly Sample[], threshold: number): RiskPoint[] {
  const sureness = ({ value }: Sample) => Math.abs(value - threshold)
  const sorted = samples.toSorted((a, b) => sureness(b) - sureness(a))
  const points: RiskPoint[] = []
  const whole = sorted.reduce((sum, { weight = 1 }) => sum + weight, 0)
  let [answered, errors] = [0, 0]
  sorted.forEach((sample, i) => {
    const { weight = 1 } = sample
    answered += weight
    if ((sample.label === 'fake') !== sample.value >= threshold) errors += weight
    const next = sorted[i + 1]
    if (next && sureness(next) === sureness(sample)) return
    points.push({ coverage: answered / whole, risk: errors / answered })
  })
  return points
}

/** Area under the risk-coverage curve, as steps: 0 is a detector that never errs. */
export function areaUnderRisk(points: readonly RiskPoint[]): number {
  return points.reduce(
    (area, { coverage, risk }, i) => area + (coverage - (points[i - 1]?.coverage ?? 0)) * risk,
    0,
  )
}
