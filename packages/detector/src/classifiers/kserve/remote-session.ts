import { type ClassifierManifest, UnswapError, type Weights } from '@unswap/contract'
import { outputNames } from '../../models/outputs.ts'
import type { Session } from '../../onnx/session.ts'
import { type Answer, call, faultOf, type Remote } from './call.ts'
import { shaParameter, versionOf } from './model-version.ts'
import { decodeResponse, encodeRequest } from './tensors.ts'

interface TensorMetadata {
  readonly name: string
  readonly datatype: string
  readonly shape: readonly (number | string)[]
}

interface ModelMetadata {
  readonly inputs: readonly TensorMetadata[]
  readonly outputs: readonly TensorMetadata[]
}

/**
 * A session whose network runs on an inference server, as the version of model `<id>` with these weights. Its inputs and
 * outputs are checked against the manifest, and the SHA-256 of its weights where the server gives its configuration.
 * Null when the server does not serve these weights.
 * @throws UnswapError `scoring_unavailable`, `model_invalid` or `model_corrupt`
 */
export async function openRemoteSession(
  remote: Remote,
  manifest: ClassifierManifest,
  weights: Weights,
): Promise<Session | null> {
  await mustBeReady(remote)
  const path = `/models/${manifest.id}/versions/${versionOf(weights.variant)}`
  const ready = await call(remote, `${path}/ready`, null)
  if (ready.status !== 200) return null
  const extensions = await extensionsOf(remote)
  const metadata = json<ModelMetadata>(await call(remote, path, null), `the model ${manifest.id}`)
  checkTensors(manifest, metadata)
  if (extensions.includes('model_configuration')) await checkSum(remote, path, manifest.id, weights)
  const names = ({ name }: TensorMetadata) => name
  const outputs = outputNames(manifest.outputs)
  const binary = extensions.includes('binary_tensor_data')
  const closing = new AbortController()
  return {
    inputs: metadata.inputs.map(names),
    outputs: metadata.outputs.map(names),
    async run(feeds, signal) {
      const ending = signal ? AbortSignal.any([signal, closing.signal]) : closing.signal
      const answer = await call(remote, `${path}/infer`, encodeRequest(feeds, outputs, binary), ending)
      if (answer.status === 200) return decodeResponse(answer.body, answer.headerLength)
      throw new UnswapError(
        'inference_failed',
        `The inference server refused to run ${manifest.id} (${answer.status}): ${faultOf(answer)}`,
      )
    },
    close: async () => closing.abort(),
  }
}

async function mustBeReady(remote: Remote): Promise<void> {
  const { status } = await call(remote, '/health/ready', null)
  if (status === 200) return
  throw new UnswapError(
    'scoring_unavailable',
    `The inference server ${new URL(remote.url).host} is not ready (${status} for /v2/health/ready): ` +
      'see that the address and the token are right and that all its models are loaded.',
    { retryable: true },
  )
}

async function extensionsOf(remote: Remote): Promise<readonly string[]> {
  const { extensions } = json<{ extensions?: readonly string[] }>(await call(remote, '', null), 'itself')
  return extensions ?? []
}

function checkTensors({ id, input, outputs }: ClassifierManifest, metadata: ModelMetadata): void {
  const picture = input.layout === 'nchw' ? [3, input.size, input.size] : [input.size, input.size, 3]
  const expected: [TensorMetadata[] | readonly TensorMetadata[], string, readonly number[]][] = [
    [metadata.inputs, input.name, picture],
    [metadata.outputs, outputs.logits, [outputs.order.length]],
  ]
  const { map, features } = outputs
  if (map) expected.push([metadata.outputs, map.name, [1, map.size, map.size]])
  if (features) expected.push([metadata.outputs, features.name, [features.size]])
  for (const [tensors, name, shape] of expected) {
    const found = tensors.find((tensor) => tensor.name === name)
    if (found?.datatype === 'FP32' && fits(found.shape.map(Number), shape)) continue
    const there = found ? `${found.datatype} ${found.shape.join('×')}` : 'none of that name'
    throw new UnswapError(
      'model_invalid',
      `The inference server serves ${id} with other tensors than its manifest names: ${name} should be ` +
        `FP32 n×${shape.join('×')}, found ${there}. Serve the folder that \`unswap models triton\` writes.`,
    )
  }
}

/** Whether a shape is n × the expected one; -1 stands for any side. The single channel of a map may be left out. */
function fits(shape: readonly number[], expected: readonly number[]): boolean {
  const sides = (list: readonly number[]) => list.slice(1).filter((side, i) => !(i === 0 && side === 1))
  const [own, wanted] = [sides(shape), sides([-1, ...expected])]
  return own.length === wanted.length && own.every((side, i) => side === -1 || side === wanted[i])
}

async function checkSum(remote: Remote, path: string, id: string, { variant, sha256 }: Weights) {
  const answer = await call(remote, `${path}/config`, null)
  const { parameters } = json<{ parameters?: Record<string, { string_value?: string }> }>(answer, 'itself')
  const told = parameters?.[shaParameter(variant)]?.string_value
  if (told === undefined || told === sha256) return
  throw new UnswapError(
    'model_corrupt',
    `The inference server serves other ${variant} weights of ${id} (sha256 ${told}) than the manifest names ` +
      `(${sha256}): write its folder again with \`unswap models triton\`.`,
  )
}

function json<T>(answer: Answer, of: string): T {
  try {
    if (answer.status !== 200) throw new Error(`${answer.status}: ${faultOf(answer)}`)
    return JSON.parse(new TextDecoder().decode(answer.body)) as T
  } catch (cause) {
    throw new UnswapError(
      'model_invalid',
      `The inference server does not describe ${of} as the KServe v2 protocol says: ${(cause as Error).message}.`,
      { cause },
    )
  }
}
