import {
  type JudgedBands,
  type MediaKind,
  type ModelScores,
  REASON_TEXT,
  type Reason,
  type ReasonCode,
  type Scores,
  type Verdict,
} from '@unswap/contract'
import { type Calibrated, probabilityOf } from '../calibration/calibrate.ts'
import type { JudgingModel, Opinion } from '../calibration/calibrate-face.ts'
import { scoresOf, sigmoid } from '../classifiers/scores.ts'
import type { TrackSummary } from '../temporal/track-score.ts'
import { disagree, type Pooled, pool, strongestFamily } from './ensemble.ts'

/** A probability of exactly a band's bound lies in the band, whatever rounding did to its log-odds. */
const ROUNDING = 1e-9

export interface FaceToDecide {
  readonly id: string
  readonly kind: MediaKind
  readonly summary: TrackSummary
  /** From `calibrateFace`. */
  readonly opinions: readonly Opinion[]
}

export interface FaceDecision {
  readonly id: string
  readonly verdict: Verdict
  readonly scores: Scores
  readonly models: readonly ModelScores[]
  /** Side of the face's crop in pixels of the picture. */
  readonly side: number
  /** More manipulated than not; by the models' own thresholds where there is no probability. */
  readonly suspicious: boolean
  /** Where the bands begin, as probabilities; null when there is no probability. */
  readonly bands: JudgedBands | null
  /** Mean log-odds of the models and where `likely_manipulated` starts; null when there is no probability. */
  readonly judged: { readonly whole: Calibrated; readonly manipulated: number } | null
}

/**
 * The verdict on one face. Without enough usable frames of enough pixels there is no probability, and the band is
 * `inconclusive`. Otherwise the mean log-odds of the models decide, unless models contradict each other, or a passage
 * of the video contradicts the rest: a passage alone never makes a face manipulated, nor authentic.
 * @param models in the order of `opinions`
 */
export function decideFace(
  { id, kind, summary, opinions }: FaceToDecide,
  models: readonly JudgingModel[],
): FaceDecision {
  const pooled = pool(opinions)
  const hindrances = hindrancesOf(summary, kind, models)
  const judged = hindrances.length === 0
  const [band, reasons] = judged ? bandOf(pooled, opinions) : (['inconclusive', hindrances] as const)
  return {
    id,
    verdict: {
      band,
      probability: judged ? probabilityOf(pooled.whole).probability : null,
      interval: judged ? probabilityOf(pooled.whole).interval : null,
      family: band === 'likely_authentic' || !judged ? null : strongestFamily(opinions),
      faceId: id,
      reasons: reasons.map((reason) => ({ ...reason, faceId: id })),
    },
    scores: scoresOf(summary.pooled.map(({ logits }) => logits)),
    models: opinions.map(({ scores }) => (judged ? scores : { ...scores, probability: null })),
    side: summary.quality.side,
    suspicious: judged ? pooled.whole.logOdds > 0 : opinions.some(({ crossed }) => crossed),
    bands: judged ? bandsOf(opinions, pooled) : null,
    judged: judged ? { whole: pooled.whole, manipulated: pooled.manipulated - ROUNDING } : null,
  }
}

/** Of one model its own; of several there is no measured rate of false alarms. */
const bandsOf = (opinions: readonly Opinion[], pooled: Pooled): JudgedBands =>
  opinions.length === 1
    ? opinions[0]!.bands
    : { authentic: sigmoid(pooled.authentic), manipulated: sigmoid(pooled.manipulated) }

const because = (code: ReasonCode, message: string = REASON_TEXT[code]): Reason => ({ code, message })

/** Why there can be no probability. */
function hindrancesOf(summary: TrackSummary, kind: MediaKind, models: readonly JudgingModel[]): Reason[] {
  const calibrations = models.map(({ calibration }) => calibration)
  if (summary.usable === 0) {
    return [because('no_usable_face'), ...summary.quality.reasons.map((code) => because(code))]
  }
  const smallest = Math.max(...calibrations.map(({ minimumSide }) => minimumSide ?? 0))
  if (summary.quality.side < smallest) return [because('face_too_small')]
  const fewest = kind === 'video' ? Math.max(...calibrations.map(({ minimumFrames }) => minimumFrames)) : 1
  if (summary.usable < fewest) {
    const message = `${REASON_TEXT.few_frames} ${summary.usable} of the ${fewest} that are needed.`
    return [because('few_frames', message)]
  }
  return []
}

function bandOf(pooled: Pooled, opinions: readonly Opinion[]): readonly [Verdict['band'], Reason[]] {
  const { whole, passage } = pooled
  if (disagree(opinions)) return ['inconclusive', [because('models_disagree')]]
  if (whole.logOdds >= pooled.manipulated - ROUNDING) return ['likely_manipulated', []]
  const authentic = whole.logOdds <= pooled.authentic + ROUNDING
  const contradicted =
    passage !== null &&
    passage.logOdds > (authentic ? 0 : pooled.manipulated) &&
    passage.logOdds > whole.logOdds
  if (contradicted) return ['inconclusive', [because('frames_disagree', passageText(opinions, pooled))]]
  return authentic ? ['likely_authentic', []] : ['inconclusive', [because('between_bands')]]
}

function passageText(opinions: readonly Opinion[], { whole, passage }: Pooled) {
  const [highest] = opinions
    .flatMap((opinion) => opinion.passage ?? [])
    .toSorted((a, b) => b.calibrated.logOdds - a.calibrated.logOdds)
  const percent = (logOdds: number) => `${Math.round(100 * sigmoid(logOdds))} %`
  return (
    `${REASON_TEXT.frames_disagree} From ${highest!.firstSeconds.toFixed(1)} s to ${highest!.lastSeconds.toFixed(1)} s ` +
    `the face looks manipulated with a probability of ${percent(passage!.logOdds)}, over all frames of ${percent(whole.logOdds)}.`
  )
}
