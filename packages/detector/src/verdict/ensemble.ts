import type { Bands, Family } from '@unswap/contract'
import { type Calibrated, logOddsOf } from '../calibration/calibrate.ts'
import type { Opinion } from '../calibration/calibrate-face.ts'

/** Means over the calibrated models: log-odds, their spread, and the log-odds of the bands. Null when there is none. */
export function pool(opinions: readonly Opinion[]): {
  readonly whole: Calibrated
  readonly passage: Calibrated | null
  readonly authentic: number
  readonly manipulated: number
} | null {
  const own = opinions.flatMap(({ calibrated, bands, passage }) =>
    calibrated && bands ? [{ calibrated, bands, passage: passage?.calibrated ?? calibrated }] : [],
  )
  if (!own.length) return null
  const mean = (value: (one: (typeof own)[number]) => number) =>
    own.reduce((sum, one) => sum + value(one), 0) / own.length
  const meanOf = (part: 'calibrated' | 'passage'): Calibrated => ({
    logOdds: mean((one) => one[part].logOdds),
    // models err alike, so their errors are not averaged away
    spread: mean((one) => one[part].spread),
  })
  return {
    whole: meanOf('calibrated'),
    passage: opinions.some(({ passage }) => passage) ? meanOf('passage') : null,
    authentic: mean(({ bands }) => logOddsOf(bands.authentic)),
    manipulated: mean(({ bands }) => logOddsOf(bands.manipulated)),
  }
}

/** One model is sure of the one, another of the other. */
export function disagree(opinions: readonly Opinion[]): boolean {
  const side = (test: (logOdds: number, bands: Bands) => boolean) =>
    opinions.some(({ calibrated, bands }) => calibrated && bands && test(calibrated.logOdds, bands))
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
