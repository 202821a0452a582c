import type { Bands, Family } from '@unswap/contract'
import { type Calibrated, logOddsOf } from '../calibration/calibrate.ts'
import type { Opinion } from '../calibration/calibrate-face.ts'

/** The opinions on a face, pooled over the models. */
export interface Pooled {
  readonly whole: Calibrated
  /** Of the most suspicious passages; null where no model has one. */
  readonly passage: Calibrated | null
  /** Log-odds at which the bands begin. */
  readonly authentic: number
  readonly manipulated: number
}

/** Means over the models: log-odds, their spread, and the log-odds at which the bands begin. */
export function pool(opinions: readonly Opinion[]): Pooled {
  const mean = (value: (opinion: Opinion) => number) =>
    opinions.reduce((sum, opinion) => sum + value(opinion), 0) / opinions.length
  const meanOf = (read: (opinion: Opinion) => Calibrated): Calibrated => ({
    logOdds: mean((opinion) => read(opinion).logOdds),
    // The errors of models are correlated, so the mean's is as large as theirs.
    spread: mean((opinion) => read(opinion).spread),
  })
  return {
    whole: meanOf(({ calibrated }) => calibrated),
    passage: opinions.some(({ passage }) => passage)
      ? meanOf(({ passage, calibrated }) => passage?.calibrated ?? calibrated)
      : null,
    authentic: mean(({ bands }) => logOddsOf(bands.authentic)),
    manipulated: mean(({ bands }) => logOddsOf(bands.manipulated)),
  }
}

/** True when one model puts the face into `likely_manipulated`, and another into `likely_authentic`. */
export function disagree(opinions: readonly Opinion[]): boolean {
  const side = (test: (logOdds: number, bands: Bands) => boolean) =>
    opinions.some(({ calibrated, bands }) => test(calibrated.logOdds, bands))
  return (
    side((logOdds, bands) => logOdds >= logOddsOf(bands.manipulated)) &&
    side((logOdds, bands) => logOdds <= logOddsOf(bands.authentic))
  )
}

/** The family that is furthest above its threshold in any model. */
export function strongestFamily(opinions: readonly Opinion[]): Family | null {
  const margins = opinions.flatMap((opinion) => opinion.margins)
  if (!margins.length) return null
  return margins.reduce((best, one) => (one.margin > best.margin ? one : best)).family
}
