import type { ModelIdentity } from '@unswap/contract'
import type { JudgingModel } from '../calibration/calibrate-face.ts'
import type { Scorer } from '../classifiers/crop-score.ts'
import type { Faces } from '../faces/find-faces.ts'
import type { TrustList } from '../media/credentials/trust-list.ts'
import type { TemporalHead } from '../temporal/temporal-head.ts'

/** A classifier that analyses run, and all that turns its scores into verdicts. */
export interface OpenedClassifier extends JudgingModel {
  readonly identity: ModelIdentity
  readonly head: TemporalHead | null
}

/** What a detector holds open for all of its analyses. */
export interface Opened {
  readonly faces: Faces
  readonly scorer: Scorer
  /** In the order of the scorer's models. */
  readonly classifiers: readonly OpenedClassifier[]
  readonly trustList: TrustList | null
  readonly flip: boolean
}
