import {
  type Bands,
  type Calibration,
  type ClassifierManifest,
  FAMILIES,
  type Family,
  type MediaKind,
  type ModelScores,
} from '@unswap/contract'
import { scoresOf } from '../classifiers/scores.ts'
import { MANIPULATED } from '../models/outputs.ts'
import type { Passage, TrackSummary } from '../temporal/track-score.ts'
import { type Calibrated, calibrate, partFor, probabilityOf } from './calibrate.ts'

/** What turns the logits of a classifier into verdicts. */
export interface JudgingModel {
  readonly thresholds: ClassifierManifest['thresholds']
  readonly calibration: Calibration
}

/** What one classifier says of one face. */
export interface Opinion {
  readonly scores: ModelScores
  readonly calibrated: Calibrated
  readonly bands: Bands
  /** The most suspicious passage, calibrated as if it were the whole video; null where there is none. */
  readonly passage: (Passage & { readonly calibrated: Calibrated }) | null
  /** How far the logit of each flagged family is above its threshold. */
  readonly margins: readonly { readonly family: Family; readonly margin: number }[]
  /** The logit of `manipulated` is above the model's own threshold. */
  readonly crossed: boolean
}

/**
 * Each classifier's pooled logits of a face, calibrated for the kind of media and the size of the face.
 * @param models in the order of `summary.pooled`
 */
export function calibrateFace(
  summary: TrackSummary,
  models: readonly JudgingModel[],
  kind: MediaKind,
): Opinion[] {
  return models.map(({ thresholds, calibration }, i) => {
    const { model, logits } = summary.pooled[i]!
    const { curve, bands } = partFor(calibration[kind], summary.quality.side)
    const calibrated = calibrate(curve, logits[MANIPULATED]!, summary.standardError[i]!)
    const passage = summary.passage[i] ?? null
    const margins = flagged(logits, thresholds)
    return {
      scores: {
        model,
        logit: logits[MANIPULATED]!,
        scores: scoresOf([logits]),
        probability: probabilityOf(calibrated).probability,
        flagged: margins.map(({ family }) => family),
      },
      calibrated,
      bands,
      passage: passage && { ...passage, calibrated: calibrate(curve, passage.logit) },
      margins,
      crossed: logits[MANIPULATED]! > (thresholds.manipulated ?? 0),
    }
  })
}

/**
 * Families whose logit is above the model's threshold for them. The threshold for `manipulated`, where there is one,
 * must be crossed as well: only for that one the rate of false alarms was measured.
 */
function flagged(logits: Float32Array, thresholds: JudgingModel['thresholds']): Opinion['margins'] {
  if (thresholds.manipulated !== undefined && !(logits[MANIPULATED]! > thresholds.manipulated)) return []
  return FAMILIES.flatMap((family, i) => {
    const margin = logits[i + 1]! - (thresholds[family] ?? Number.NaN)
    return margin > 0 ? [{ family, margin }] : []
  })
}
