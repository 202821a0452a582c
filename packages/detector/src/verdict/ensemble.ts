import type { Bands, Calibration, ClassifierManifest, Family, MediaKind, ModelScores } from '@unswap/contract'
import { FAMILIES } from '@unswap/contract'
import { type Calibrated, calibrate, logOddsOf, partFor, probabilityOf } from '../calibration/calibrate.ts'
import { scoresOf } from '../classifiers/scores.ts'
import type { Passage, TrackSummary } from '../temporal/track-score.ts'

/** What a verdict needs to know of a classifier, in the order of the scorer's models. */
export interface JudgingModel {
  readonly thresholds: ClassifierManifest['thresholds']
  /** Null: the model is shown, and takes no part in the probability. */
  readonly calibration: Calibration | null
}

/** One model's opinion of one face. */
export interface Opinion {
  readonly scores: ModelScores
  readonly calibrated: Calibrated | null
  readonly bands: Bands | null
  /** The most suspicious passage on the scale of the whole. */
  readonly passage: (Passage & { readonly calibrated: Calibrated }) | null
  /** Logit of each flagged family above its threshold. */
  readonly margins: readonly { readonly family: Family; readonly margin: number }[]
  /** `manipulated` is above the model's own threshold. */
  readonly crossed: boolean
}

/** Each model's pooled logits of a face, calibrated for the kind of media and the size of the face. */
export function opinionsOf(
  summary: TrackSummary,
  models: readonly JudgingModel[],
  kind: MediaKind,
): Opinion[] {
  return models.map(({ thresholds, calibration }, i) => {
    const { model, logits } = summary.pooled[i]!
    const part = calibration && partFor(calibration[kind], summary.quality.side)
    const calibrated = part ? calibrate(part.curve, logits[0]!, summary.standardError[i]!) : null
    const passage = summary.passage[i]
    const margins = flagged(logits, thresholds)
    return {
      scores: {
        model,
        logit: logits[0]!,
        scores: scoresOf([logits]),
        probability: calibrated && probabilityOf(calibrated).probability,
        flagged: margins.map(({ family }) => family),
      },
      calibrated,
      bands: part?.bands ?? null,
      passage: part && passage ? { ...passage, calibrated: calibrate(part.curve, passage.logit) } : null,
      margins,
      crossed: logits[0]! > (thresholds.manipulated ?? 0),
    }
  })
}

/**
 * Families whose logit is above the model's threshold for them. Where the model also has one for `manipulated`, that
 * must be crossed too: it is the one with a measured rate of false alarms.
 */
function flagged(logits: Float32Array, thresholds: JudgingModel['thresholds']): Opinion['margins'] {
  if (thresholds.manipulated !== undefined && !(logits[0]! > thresholds.manipulated)) return []
  return FAMILIES.flatMap((family, i) => {
    const margin = logits[i + 1]! - (thresholds[family] ?? Number.NaN)
    return margin > 0 ? [{ family, margin }] : []
  })
}

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
