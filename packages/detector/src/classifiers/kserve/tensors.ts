import { UnswapError } from '@unswap/contract'
import type { FloatTensor, NamedTensors } from '../../onnx/tensor.ts'

/** A tensor as the JSON part of a request or an answer describes it. */
interface TensorHeader {
  readonly name: string
  readonly datatype: string
  readonly shape: readonly number[]
  readonly data?: readonly number[]
  readonly parameters?: { readonly binary_data_size?: number }
}

/** A body, and the number of its first bytes that are JSON when binary tensors follow (binary tensor data extension). */
export interface Message {
  readonly body: Uint8Array<ArrayBuffer>
  readonly headerLength: number | null
}

/**
 * An inference request. With `binary`, tensors follow the JSON as little-endian bytes, row-major and without gaps, and
 * the outputs are requested in the same form. Without it, tensors are lists of numbers.
 */
export function encodeRequest(feeds: NamedTensors, outputs: readonly string[], binary: boolean): Message {
  const entries = Object.entries(feeds)
  const inputs: TensorHeader[] = entries.map(([name, { data, dims }]) => ({
    name,
    datatype: 'FP32',
    shape: dims,
    ...(binary ? { parameters: { binary_data_size: data.byteLength } } : { data: Array.from(data) }),
  }))
  const wanted = outputs.map((name) => ({ name, parameters: { binary_data: binary } }))
  const header = new TextEncoder().encode(JSON.stringify({ inputs, outputs: wanted }))
  if (!binary) return { body: header, headerLength: null }
  const parts = entries.map(([, { data }]) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
  return { body: Buffer.concat([header, ...parts]), headerLength: header.byteLength }
}

/**
 * The tensors of an answer by their names.
 * @param headerLength bytes of JSON before the tensors; null when there is only JSON
 * @throws UnswapError `inference_failed` when the answer does not follow the protocol
 */
export function decodeResponse(body: ArrayBuffer, headerLength: number | null): NamedTensors {
  const json = parse(new Uint8Array(body, 0, Math.min(headerLength ?? body.byteLength, body.byteLength)))
  const results: Record<string, FloatTensor> = {}
  let at = headerLength ?? body.byteLength
  for (const { name, datatype, shape, data, parameters } of json.outputs) {
    if (datatype !== 'FP32') throw malformed(`the output ${name} is ${datatype}, not FP32`)
    const count = shape.reduce((product, side) => product * side, 1)
    const size = parameters?.binary_data_size
    if (size === undefined) {
      if (data?.length !== count) throw malformed(`the output ${name} has not ${count} numbers`)
      results[name] = { data: Float32Array.from(data), dims: shape }
      continue
    }
    if (size !== count * 4 || at + size > body.byteLength) {
      throw malformed(`the output ${name} has not the ${count * 4} bytes of its shape`)
    }
    results[name] = { data: new Float32Array(body.slice(at, at + size)), dims: shape }
    at += size
  }
  return results
}

function parse(bytes: Uint8Array): { readonly outputs: readonly TensorHeader[] } {
  let json: { readonly outputs?: unknown }
  try {
    json = JSON.parse(new TextDecoder().decode(bytes))
  } catch (cause) {
    throw malformed('it does not begin with JSON', cause)
  }
  if (!Array.isArray(json?.outputs)) throw malformed('it has no outputs')
  const wrong = json.outputs.find(
    (one) => typeof one?.name !== 'string' || !Array.isArray(one.shape) || !one.shape.every(isSide),
  )
  if (wrong !== undefined) throw malformed('an output has no name or no shape')
  return json as { outputs: TensorHeader[] }
}

const isSide = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0

const malformed = (fault: string, cause?: unknown): UnswapError =>
  new UnswapError('inference_failed', `The answer of the inference server cannot be used: ${fault}.`, {
    cause,
  })
