import type { Curve } from '@unswap/contract'
import { calibrate, probabilityOf } from '@unswap/detector'
import { quantile } from '../evaluate/metrics/bootstrap.ts'
import type { Sample } from '../evaluate/metrics/labelled-sample.ts'
import { seeded } from '../forge/seeded-random.ts'
import { LABELS } from '../lab-vocabulary.ts'
import type { Fit } from './calibrators.ts'
import { logit } from './logistic.ts'

const KNOTS = 13
/** Log-odds are cut here (one in about 3,000), since no test set of ours could show more. */
const MOST_CERTAIN = 8

export interface CurveOptions {
  /** Share of manipulated media that the probabilities assume. */
  readonly prior: number
  readonly seed?: number
  /** Fits to groups drawn anew, which the spread is taken from; 0 leaves the spread out. */
  readonly draws?: number
}

/**
 * The calibrator as a curve: log-odds at knots between the 1st and 99th percentile of the values, under `prior`, never
 * falling. `spread` is the standard deviation over fits to groups drawn with replacement.
 */
export function fitCurve(
  samples: readonly Sample[],
  fit: Fit,
  { prior, seed = 1, draws = 200 }: CurveOptions,
): Curve {
  const sorted = samples.map(({ value }) => value).toSorted((a, b) => a - b)
  const [low, high] = [quantile(sorted, 0.01), quantile(sorted, 0.99)]
  const knots = Array.from({ length: KNOTS }, (_, i) => low + ((high - low) * i) / (KNOTS - 1))
  const drawn = resamples(samples, seed, draws).map((draw) => logOddsAt(knots, draw, fit, prior))
  const logOdds = logOddsAt(knots, samples, fit, prior)
  return { knots, logOdds, spread: knots.map((_, i) => deviation(drawn.map((odds) => odds[i]!))) }
}

/** The curve's probability at a logit, as the detector reads it. */
export const probabilityAt = (curve: Curve, value: number): number =>
  probabilityOf(calibrate(curve, value)).probability

function logOddsAt(knots: readonly number[], samples: readonly Sample[], fit: Fit, prior: number): number[] {
  const calibrate = fit(samples)
  const seen = samples.filter(({ label }) => label === 'fake').length / samples.length
  let highest = -Infinity
  return knots.map((knot) => {
    const odds = logit(calibrate(knot)) - logit(seen) + logit(prior)
    highest = Math.max(highest, Math.min(Math.max(odds, -MOST_CERTAIN), MOST_CERTAIN))
    return highest
  })
}

function resamples(samples: readonly Sample[], seed: number, draws: number): Sample[][] {
  const random = seeded(seed, draws)
  const strata = LABELS.map((label) => {
    const own = samples.filter((sample) => sample.label === label)
    return [...Map.groupBy(own, ({ group }) => group).values()]
  })
  return Array.from({ length: draws }, () =>
    strata.flatMap((groups) => groups.flatMap(() => groups[Math.floor(random.uniform(0, groups.length))]!)),
  )
}

function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return Math.sqrt(
    values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(values.length - 1, 1),
  )
}
