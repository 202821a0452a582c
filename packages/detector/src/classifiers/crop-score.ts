import type { CropSpec } from '../faces/align.ts'
import type { FaceCrop } from '../faces/face.ts'

/** A classifier's manipulation map of one crop: logits of size × size cells, row by row. */
export interface ManipulationMap {
  /** Side in sizes of the face of the crop that the map covers. */
  readonly margin: number
  readonly size: number
  readonly logits: Float32Array
}

/** Raw outputs of one classifier for one crop. */
export interface CropLogits {
  readonly model: string
  /** In the order of `OUTPUTS`; NaN for an output that the model lacks. */
  readonly logits: Float32Array
  /** Null when the model has none. */
  readonly map: ManipulationMap | null
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

/** Runs classifiers over faces. Crops of concurrent callers share batches. */
export interface Scorer {
  /** The crops that its classifiers declare in their manifests, each distinct one once. */
  readonly inputs: readonly CropSpec[]
  /**
   * @param crops of one face. A classifier is given the one that it declares; where that is missing, its input is
   *   resampled from the tightest crop that shows enough.
   */
  score(crops: readonly FaceCrop[], signal?: AbortSignal, choices?: ScoreChoices): Promise<CropScore>
  close(): Promise<void>
}
