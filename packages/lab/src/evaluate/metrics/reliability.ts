import type { Sample } from './labelled-sample.ts'

/** One bar of a reliability plot. Rates are null in an empty bin. */
export interface ReliabilityBin {
  readonly from: number
  readonly to: number
  readonly count: number
  /** Share of all the weight. */
  readonly share: number
  /** Mean probability that was given, and share of fakes. */
  readonly said: number | null
  readonly fake: number | null
}

/** Samples by the probability they were given: `count` bins of equal width over 0..1. Values must be probabilities. */
export function reliability(samples: readonly Sample[], count = 10): ReliabilityBin[] {
  const whole = weightOf(samples)
  return Array.from({ length: count }, (_, i) => {
    const inside = samples.filter(({ value }) => Math.min(Math.floor(value * count), count - 1) === i)
    const weight = weightOf(inside)
    const part = (total: number) => (inside.length === 0 ? null : total / weight)
    return {
      from: i / count,
      to: (i + 1) / count,
      count: inside.length,
      share: weight / whole,
      said: part(inside.reduce((sum, { value, weight = 1 }) => sum + weight * value, 0)),
      fake: part(weightOf(inside.filter(({ label }) => label === 'fake'))),
    }
  })
}

/** Expected calibration error: mean gap between probability and share of fakes, bins weighted by their share. */
export function expectedCalibrationError(samples: readonly Sample[], bins = 10): number {
  return reliability(samples, bins).reduce(
    (sum, { share, said, fake }) => sum + share * Math.abs((said ?? 0) - (fake ?? 0)),
    0,
  )
}

/** Brier score: mean squared distance of the probability from the truth; 0 is perfect, 0.25 is always saying 0.5. */
export function brierScore(samples: readonly Sample[]): number {
  const total = samples.reduce(
    (sum, { label, value, weight = 1 }) => sum + weight * (value - (label === 'fake' ? 1 : 0)) ** 2,
    0,
  )
  return total / weightOf(samples)
}

const weightOf = (samples: readonly Sample[]) => samples.reduce((sum, { weight = 1 }) => sum + weight, 0)
