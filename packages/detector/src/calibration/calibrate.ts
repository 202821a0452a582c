import type { Calibration, Curve, Stratum } from '@unswap/contract'
import { sigmoid } from '../classifiers/scores.ts'

/** Half width, in standard errors, of the 90 % interval of a normal distribution. */
const NORMAL_90 = 1.645

/** Log-odds of `manipulated` and their standard error. */
export interface Calibrated {
  readonly logOdds: number
  readonly spread: number
}

/**
 * The curve and bands for a face: those of the stratum that its size falls into, or of all sizes where there is none.
 * @param side of the crop in pixels of the picture, median over a track
 */
export function partFor(part: Calibration['image'], side: number): Pick<Stratum, 'curve' | 'bands'> {
  const own = part.strata?.find(
    ({ sideFrom, sideTo }) => side >= sideFrom && (sideTo === null || side < sideTo),
  )
  return own ?? part
}

/**
 * Reads a curve at a pooled logit: linear between the knots, flat outside them.
 * @param standardError of the logit: it widens the spread where the curve is steep
 * @throws RangeError for a logit that is not a number
 */
export function calibrate({ knots, logOdds, spread }: Curve, logit: number, standardError = 0): Calibrated {
  if (Number.isNaN(logit)) throw new RangeError('A logit that is not a number has no probability.')
  const above = knots.findIndex((knot) => knot > logit)
  if (above <= 0) {
    const end = above === 0 ? 0 : knots.length - 1
    return { logOdds: logOdds[end]!, spread: spread[end]! }
  }
  const below = above - 1
  const width = knots[above]! - knots[below]!
  const share = (logit - knots[below]!) / width
  const between = (values: readonly number[]) => values[below]! + share * (values[above]! - values[below]!)
  const slope = (logOdds[above]! - logOdds[below]!) / width
  return { logOdds: between(logOdds), spread: Math.hypot(between(spread), slope * standardError) }
}

/** Probability 0..1 with its 90 % interval. */
export function probabilityOf({ logOdds, spread }: Calibrated): {
  probability: number
  interval: [number, number]
} {
  return {
    probability: sigmoid(logOdds),
    interval: [sigmoid(logOdds - NORMAL_90 * spread), sigmoid(logOdds + NORMAL_90 * spread)],
  }
}

/** Log-odds of a probability; ±Infinity at the ends. */
export const logOddsOf = (probability: number): number => Math.log(probability / (1 - probability))
