import type { Calibration } from '@unswap/contract'
import { partFor } from '@unswap/detector'
import { probabilityAt } from '../../calibration/fit-curve.ts'
import type { Label } from '../../lab-vocabulary.ts'
import type { PooledMedia } from '../crops/pool-media.ts'
import { thinPoints } from '../report/thin-points.ts'
import type { Sample } from './labelled-sample.ts'
import { brierScore, expectedCalibrationError, type ReliabilityBin, reliability } from './reliability.ts'
import { areaUnderRisk, type RiskPoint, riskCoverage } from './risk-coverage.ts'

/**
 * How well a model's media-level probabilities hold. Reals and fakes are weighted as if `prior` of the media were fakes,
 * which the calibration assumes. Else the figures would depend on how many fakes a data set happens to hold.
 */
export interface ProbabilityFigures {
  readonly status: Calibration['status']
  readonly fittedOn: string
  readonly prior: number
  readonly expectedCalibrationError: number
  readonly brierScore: number
  readonly reliability: readonly ReliabilityBin[]
  /** When only the surest media are judged. */
  readonly risk: readonly RiskPoint[]
  readonly areaUnderRisk: number
}

/** Null without a calibration. */
export function probabilitiesOf(
  media: readonly PooledMedia[],
  calibration: Calibration | null,
): ProbabilityFigures | null {
  if (calibration === null) return null
  const weights = weightsFor(calibration.prior, media)
  const samples = media.map(
    (sample): Sample => ({
      ...sample,
      weight: weights[sample.label],
      value: probabilityAt(partFor(calibration[sample.kind], sample.side).curve, sample.value),
    }),
  )
  const risk = riskCoverage(samples, 0.5)
  return {
    status: calibration.status,
    fittedOn: calibration.fittedOn,
    prior: calibration.prior,
    expectedCalibrationError: expectedCalibrationError(samples),
    brierScore: brierScore(samples),
    reliability: reliability(samples),
    risk: thinPoints(risk),
    areaUnderRisk: areaUnderRisk(risk),
  }
}

/** Weights under which fakes have that share of the whole; even ones where a label is missing. */
function weightsFor(prior: number, media: readonly Sample[]): Readonly<Record<Label, number>> {
  const fakes = media.filter(({ label }) => label === 'fake').length
  const reals = media.length - fakes
  if (fakes === 0 || reals === 0) return { real: 1, fake: 1 }
  return { real: ((1 - prior) * media.length) / reals, fake: (prior * media.length) / fakes }
}
