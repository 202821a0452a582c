import type { Observation, Quality, TemporalMeasure } from '@unswap/contract'
import type { CropScore } from '../classifiers/crop-score.ts'
import type { Mesh } from '../faces/face.ts'

/** All that the temporal stage needs of one face in one frame; pixels are reduced before they get here. */
export interface TrackSample {
  readonly observation: Observation
  readonly score: CropScore
  readonly mesh: Mesh
  /** Mean colour (RGB 0..1) of the inside of the face and of a ring around it. */
  readonly inside: readonly [number, number, number]
  readonly surround: readonly [number, number, number]
}

/** The most suspicious stretch of a video; see `findPassage`. */
export interface Passage {
  /** Mean `manipulated` logit of the passage, less what the highest of as many passages reaches by chance. */
  readonly logit: number
  readonly firstSeconds: number
  readonly lastSeconds: number
  readonly samples: number
}

/** A track pooled over time: per model the pooled logits, and how the track moves. */
export interface TrackSummary {
  readonly track: number
  readonly observed: number
  readonly usable: number
  /** Pooled logits per model, over usable samples (all samples when none is usable). */
  readonly pooled: readonly { readonly model: string; readonly logits: Float32Array }[]
  /** Spread of the per-frame `manipulated` logit, per model (robust standard deviation; 0 with one sample). */
  readonly spread: readonly number[]
  /** Standard error of the pooled `manipulated` logit, per model; neighbouring frames count for less than one each. */
  readonly standardError: readonly number[]
  /** Per model; null when the track is too short to hold more than one. */
  readonly passage: readonly (Passage | null)[]
  /** Medians over the pooled samples, and the reasons that half of them share (of an unusable track at least the most frequent). */
  readonly quality: Quality
  readonly temporal: readonly TemporalMeasure[]
}
