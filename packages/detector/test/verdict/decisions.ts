import type { Calibration, MediaKind } from '@unswap/contract'
import { calibrateFace, type JudgingModel } from '../../src/calibration/calibrate-face.ts'
import type { TrackSummary } from '../../src/temporal/track-score.ts'
import { decideFace, type FaceDecision } from '../../src/verdict/face-verdict.ts'
import { sample, summarize, trackOf } from '../temporal/samples.ts'

const part = {
  curve: { knots: [-4, 4], logOdds: [-4, 4], spread: [0.5, 0.5] },
  bands: { authentic: 0.2, manipulated: 0.8, falsePositiveRate: 0.02 },
  samples: 100,
}

/** Log-odds are the logit; the bands start at about ±1.39. */
export const CALIBRATION: Calibration = {
  status: 'provisional',
  fittedOn: 'test',
  prior: 0.5,
  image: part,
  video: part,
  minimumFrames: 8,
  minimumSide: 64,
}

export const MODEL: JudgingModel = {
  thresholds: { manipulated: 1, face_swap: 0, reenactment: 0, synthesis: 0.5 },
  calibration: CALIBRATION,
}

/** Summary of one photograph's face; one row of logits per model. */
export function still(...models: readonly (readonly number[])[]): TrackSummary {
  const one = sample({ logits: models[0]! })
  const score = models.map((logits, i) => ({
    model: `m${i}`,
    logits: Float32Array.from({ length: 4 }, (_, at) => logits[at] ?? -3),
    map: null,
  }))
  return summarize([{ ...one, score }])
}

export function decide(
  summary: TrackSummary,
  {
    models = [MODEL],
    kind = 'image',
    id = 'face-1',
  }: { models?: readonly JudgingModel[]; kind?: MediaKind; id?: string } = {},
): FaceDecision {
  return decideFace({ id, kind, summary, opinions: calibrateFace(summary, models, kind) }, models)
}

export const clip = (logits: readonly number[]): FaceDecision => decide(trackOf(logits), { kind: 'video' })

export const codes = (decision: { reasons: readonly { code: string }[] }): string[] =>
  decision.reasons.map(({ code }) => code)
