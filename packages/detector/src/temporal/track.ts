import type { Observation, TemporalMeasure } from '@unswap/contract'
import type { Mesh } from '../faces/face.ts'
import type { CropScore } from '../scoring/score.ts'

/** All that the temporal stage needs of one face in one frame; pixels are reduced before they get here. */
export interface TrackSample {
  readonly observation: Observation
  readonly score: CropScore
  readonly mesh: Mesh
  /** Mean colour (RGB 0..1) of the inside of the face and of a ring around it. */
  readonly inside: readonly [number, number, number]
  readonly surround: readonly [number, number, number]
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
  readonly temporal: readonly TemporalMeasure[]
}
