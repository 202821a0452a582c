import { type ClassifierManifest, UnswapError } from '@unswap/contract'
import type { Session } from '../onnx/session.ts'
import type { NamedTensors } from '../onnx/tensor.ts'
import type { CropLogits } from './crop-score.ts'
import { logitsOf } from './logits.ts'
import { type InputCrop, inputOf } from './network-input.ts'

export interface ClassifyOptions {
  /** Means over each crop and its mirror image; maps are mirrored back. */
  readonly flip?: boolean
  readonly signal?: AbortSignal
}

/**
 * One run of a network over crops, one of each face. A crop whose outputs are not finite numbers gets an
 * `inference_failed` error in place of a score; the others keep theirs.
 * @throws UnswapError `inference_failed` when the run itself fails or the outputs are not those of the manifest; of a
 *   remote session also `scoring_unavailable` and `cancelled`
 */
export async function classify(
  { manifest, session }: { readonly manifest: ClassifierManifest; readonly session: Session },
  crops: readonly InputCrop[],
  { flip = false, signal }: ClassifyOptions = {},
): Promise<(CropLogits | UnswapError)[]> {
  const input = inputOf(crops, manifest.input, flip)
  const results = await session.run({ [manifest.input.name]: input }, signal)
  const rows = input.dims[0]!
  const logits = outputOf(results, manifest, manifest.outputs.logits, rows * manifest.outputs.order.length)
  const { map, features } = manifest.outputs
  const cells = map ? map.size ** 2 : 0
  const maps = map ? outputOf(results, manifest, map.name, rows * cells) : null
  const vectors = features ? outputOf(results, manifest, features.name, rows * features.size) : null
  return crops.map((_, row) => {
    const mirrored = flip ? row + crops.length : null
    const own = averaged(logits, manifest.outputs.order.length, row, mirrored, 0)
    const heat = maps && averaged(maps, cells, row, mirrored, map!.size)
    const vector = vectors && averaged(vectors, features!.size, row, mirrored, 0)
    if (![own, heat, vector].every((values) => values?.every(Number.isFinite) ?? true)) {
      return new UnswapError(
        'inference_failed',
        `The model ${manifest.id} gave a result that is not a number. Check the machine with \`unswap doctor\`.`,
      )
    }
    return {
      model: manifest.id,
      logits: logitsOf(own, manifest.outputs),
      map: heat && { margin: manifest.input.margin, size: map!.size, logits: heat },
      ...(vector && { features: vector }),
    }
  })
}

function outputOf(
  results: NamedTensors,
  { id }: ClassifierManifest,
  name: string,
  length: number,
): Float32Array {
  const values = results[name]
  if (values?.data.length === length) return values.data
  throw new UnswapError(
    'inference_failed',
    `The output ${name} of the model ${id} is not what its manifest says: found ${values ? `the shape ${values.dims.join('×')}` : 'none of that name'}.`,
  )
}

/** Row `row`, or its mean with row `other`, whose lines of `width` cells run backwards (0: not a picture). */
function averaged(values: Float32Array, length: number, row: number, other: number | null, width: number) {
  const own = values.slice(row * length, (row + 1) * length)
  if (other === null) return own
  return own.map((value, i) => {
    const mirrored = width ? i - (i % width) + (width - 1 - (i % width)) : i
    return (value + values[other * length + mirrored]!) / 2
  })
}
