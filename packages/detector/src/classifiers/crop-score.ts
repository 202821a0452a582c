import type { FaceCrop } from '../faces/face.ts'

/** Raw outputs of one classifier for one crop. */
export interface CropLogits {
  readonly model: string
  /** In the order of `OUTPUTS`; NaN for an output that the model lacks. */
  readonly logits: Float32Array
  /** Logits of the manipulation map, size × size, row by row; null when the model has none. */
  readonly map: { readonly size: number; readonly logits: Float32Array } | null
  /** The network's feature vector, from which it computes the logits; only where the model gives it. */
  readonly features?: Float32Array
}

/** One entry per classifier that was asked for, in the order of the scorer's models. */
export type CropScore = readonly CropLogits[]

/** What is run over a crop. */
export interface ScoreChoices {
  /** Ids of opened classifiers; all of them by default. */
  readonly models?: readonly string[]
  /** Averages each score with that of the mirrored crop: twice the work. */
  readonly flip?: boolean
}

/** Runs classifiers over crops. Crops of concurrent callers share batches. */
export interface Scorer {
  score(crop: FaceCrop, signal?: AbortSignal, choices?: ScoreChoices): Promise<CropScore>
  close(): Promise<void>
}
