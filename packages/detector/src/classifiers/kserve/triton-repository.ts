import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ClassifierManifest, Weights } from '@unswap/contract'
import { readManifests } from '../../models/manifests.ts'
import { readVerified } from '../../onnx/weights.ts'
import { shaParameter, versionOf } from './model-version.ts'

export interface TritonOptions {
  readonly modelsDir: string
  /** Ids; every classifier that is there by default. */
  readonly models?: readonly string[]
  /** Variants that the server loads; all by default. 8-bit weights gain nothing on most GPUs. */
  readonly variants?: readonly Weights['variant'][]
  readonly device: 'cpu' | 'gpu'
  /** Instances of each network: per GPU, or in all on CPUs. */
  readonly instances: number
  /** Most crops in one run; a power of two. */
  readonly maxBatch: number
  /** Longest that a crop waits for others, in microseconds. */
  readonly delayMicroseconds: number
}

/** File of the weights in the folder of each version. */
const WEIGHTS = 'model.onnx'

/**
 * Writes a model repository for NVIDIA Triton: `<out>/<id>/config.pbtxt` and `<out>/<id>/<version>/model.onnx`, after
 * checking the weights' SHA-256. Replaces files of an earlier call. Returns the ids.
 * @throws UnswapError `model_missing`, `model_invalid` or `model_corrupt`
 */
export async function writeTritonRepository(out: string, options: TritonOptions): Promise<string[]> {
  const manifests = await readManifests(options.modelsDir, options.models)
  for (const manifest of manifests) {
    const weights = servedWeights(manifest, options)
    for (const { variant, file, sha256 } of weights) {
      const source = join(options.modelsDir, manifest.id, file)
      const folder = join(out, manifest.id, String(versionOf(variant)))
      await readVerified(source, sha256)
      await mkdir(folder, { recursive: true })
      await cp(source, join(folder, WEIGHTS))
    }
    await writeFile(join(out, manifest.id, 'config.pbtxt'), tritonConfig(manifest, weights, options))
  }
  return manifests.map(({ id }) => id)
}

function servedWeights({ weights }: ClassifierManifest, { variants }: TritonOptions): readonly Weights[] {
  const chosen = variants ? weights.filter(({ variant }) => variants.includes(variant)) : weights
  return chosen.length > 0 ? chosen : weights
}

/** `config.pbtxt`: Triton's ModelConfig message in protobuf's text format. */
function tritonConfig(
  { id, description, input, outputs }: ClassifierManifest,
  weights: readonly Weights[],
  { device, instances, maxBatch, delayMicroseconds }: TritonOptions,
): string {
  const picture = input.layout === 'nchw' ? [3, input.size, input.size] : [input.size, input.size, 3]
  const tensors = [tensor(outputs.logits, [outputs.order.length])]
  if (outputs.map) tensors.push(tensor(outputs.map.name, [1, outputs.map.size, outputs.map.size]))
  if (outputs.features) tensors.push(tensor(outputs.features.name, [outputs.features.size]))
  const versions = weights.map(({ variant }) => versionOf(variant)).toSorted((a, b) => a - b)
  // Triton would run smaller preferred batches at once, at a lower throughput.
  const preferred = [maxBatch / 4, maxBatch / 2, maxBatch].filter((size) => size >= 2)
  const parameters = weights.map(
    ({ variant, sha256 }) =>
      `parameters { key: "${shaParameter(variant)}" value { string_value: "${sha256}" } }`,
  )
  return `# ${description.replaceAll(/\s+/g, ' ')}
# Written by \`unswap models triton\` from models/${id}/manifest.json. Versions: 1 float weights, 2 8-bit weights.
name: "${id}"
backend: "onnxruntime"
default_model_filename: "${WEIGHTS}"
max_batch_size: ${maxBatch}
input [
  ${tensor(input.name, picture)}
]
output [
  ${tensors.join(',\n  ')}
]
version_policy { specific { versions: [${versions.join(', ')}] } }
instance_group [
  { count: ${instances} kind: ${device === 'gpu' ? 'KIND_GPU' : 'KIND_CPU'} }
]
dynamic_batching {
  preferred_batch_size: [${preferred.join(', ')}]
  max_queue_delay_microseconds: ${delayMicroseconds}
}
model_warmup [
  {
    name: "largest batch"
    batch_size: ${maxBatch}
    inputs { key: "${input.name}" value { data_type: TYPE_FP32 dims: [${picture.join(', ')}] zero_data: true } }
  }
]
${parameters.join('\n')}
`
}

const tensor = (name: string, dims: readonly number[]): string =>
  `{ name: "${name}" data_type: TYPE_FP32 dims: [${dims.join(', ')}] }`
