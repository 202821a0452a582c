import type { Calibration } from '@unswap/contract'
import { partFor } from '@unswap/detector'
import { probabilityAt } from '../calibration/curve.ts'
import type { PooledMedia } from './pooled.ts'
import { brierScore, expectedCalibrationError, type ReliabilityBin, reliability } from './reliability.ts'
import { areaUnderRisk, type RiskPoint, riskCoverage } from './risk.ts'
import type { Sample } from './sample.ts'
import { thinned } from './thinned.ts'

/** How true a model's media-level probabilities are. */
export interface ProbabilityFigures {
  readonly status: Calibration['status']
  readonly fittedOn: string
  readonly expectedCalibrationError: number
  readonly brierScore: number
  readonly reliability: readonly ReliabilityBin[]
  /** Answering only the surest. */
  readonly risk: readonly RiskPoint[]
  readonly areaUnderRisk: number
}

/** Null without a calibration. */
export function probabilitiesOf(
  media: readonly PooledMedia[],
  calibration: Calibration | null,
): ProbabilityFigures | null {
  if (calibration === null) return null
  const samples = media.map(
    (sample): Sample => ({
      ...sample,
      value: probabilityAt(partFor(calibration[sample.kind], sample.side).curve, sample.value),
    }),
  )
  const risk = riskCoverage(samples, 0.5)
  return {
    status: calibration.status,
    fittedOn: calibration.fittedOn,
    expectedCalibrationError: expectedCalibrationError(samples),
    brierScore: brierScore(samples),
    reliability: reliability(samples),
    risk: thinned(risk),
    areaUnderRisk: areaUnderRisk(risk),
  }
}
