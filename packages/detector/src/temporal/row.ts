import { OUTPUTS } from '@unswap/contract'
import { sigmoid } from '../classifiers/scores.ts'
import { REFERENCE_CROP } from '../faces/reference-crop.ts'
import { MAP_FIELDS } from '../models/outputs.ts'
import { shapeChange } from './motion.ts'
import type { TrackSample } from './track-score.ts'

/** Numbers in a row, with as many features. */
export const rowWidth = (features: number): number => OUTPUTS.length + MAP_FIELDS ** 2 + 3 + 3 + 3 + features

/**
 * What a temporal head reads of one frame, as `trainer/unswap_trainer/temporal/rows.py` builds it:
 * - the logits; the map in 7×7 fields; the colours inside and around the face
 * - how the mesh changed shape since `before`, the seconds since then, and the crop's side
 * - the model's features, where it gives them
 * @param before the sample before in the same window; null for the first
 * @param model index of the classifier in `sample.score`; it has all outputs and a map whose side 7 divides
 */
export function rowOf(sample: TrackSample, before: TrackSample | null, model: number): Float32Array {
  const { logits, map, features = [] } = sample.score[model]!
  const change = before ? shapeChange(before.mesh, sample.mesh) : 0
  const gap = before ? sample.observation.seconds - before.observation.seconds : 0
  return Float32Array.from([
    ...logits,
    ...fieldsOf(map!),
    ...sample.inside,
    ...sample.surround,
    change,
    Math.log1p(gap),
    Math.log2(sample.observation.crop.side / REFERENCE_CROP.size),
    ...features,
  ])
}

/** Mean probability of each field, row by row. */
function fieldsOf({ size, logits }: NonNullable<TrackSample['score'][number]['map']>): Float64Array {
  const cells = size / MAP_FIELDS
  const fields = new Float64Array(MAP_FIELDS ** 2)
  logits.forEach((logit, at) => {
    const [x, y] = [Math.floor((at % size) / cells), Math.floor(at / size / cells)]
    fields[y * MAP_FIELDS + x]! += sigmoid(logit) / cells ** 2
  })
  return fields
}
