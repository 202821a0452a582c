import { type ModelIdentity, UnswapError } from '@unswap/contract'
import type { JudgingModel } from '../calibration/calibrate-face.ts'
import type { Scorer } from '../classifiers/crop-score.ts'
import type { CropSpec } from '../faces/align.ts'
import type { Faces } from '../faces/find-faces.ts'
import type { TrustList } from '../media/credentials/trust-list.ts'
import type { TemporalHead } from '../temporal/temporal-head.ts'

/** A classifier that analyses run, and all that turns its scores into verdicts. */
export interface OpenedClassifier extends JudgingModel {
  readonly identity: ModelIdentity
  /** The crop of a face that it declares in its manifest. */
  readonly input: CropSpec
  readonly head: TemporalHead | null
}

/** What a detector holds open for all of its analyses. */
export interface Opened {
  readonly faces: Faces
  readonly scorer: Scorer
  /** In the order of the scorer's models. */
  readonly classifiers: readonly OpenedClassifier[]
  readonly trustList: TrustList | null
}

/**
 * The classifiers with these ids, in the order of the scorer's models.
 * @throws UnswapError `model_missing` for an id that is not open, or when none is named
 */
export function chooseClassifiers(
  opened: readonly OpenedClassifier[],
  ids: readonly string[] | null,
): readonly OpenedClassifier[] {
  if (ids === null) return opened
  const known = opened.map(({ identity }) => identity.id)
  const unknown = ids.find((id) => !known.includes(id))
  if (unknown === undefined && ids.length > 0)
    return opened.filter(({ identity }) => ids.includes(identity.id))
  throw new UnswapError(
    'model_missing',
    `There is no classifier ${unknown ?? 'to judge with'}. Those that are open: ${known.join(', ')}.`,
  )
}
