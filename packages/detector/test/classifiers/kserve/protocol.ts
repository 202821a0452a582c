import type { FloatTensor } from '../../../src/onnx/tensor.ts'
import type { ServedModel } from './models.ts'

interface InferRequest {
  readonly inputs: readonly {
    readonly name: string
    readonly datatype: string
    readonly shape: readonly number[]
    readonly data?: readonly number[]
    readonly parameters?: { readonly binary_data_size?: number }
  }[]
  readonly outputs?: readonly { name: string; parameters?: { binary_data?: boolean } }[]
}
type Outputs = readonly { readonly name: string; readonly binary: boolean }[]

/** The tensors of an inference request and the outputs that it wants; throws what the server answers with 400. */
export function decodeInfer(
  body: Buffer,
  header: string | string[] | undefined,
  { config }: ServedModel,
): { readonly feeds: Record<string, FloatTensor>; readonly outputs: Outputs } {
  const length = header === undefined ? body.length : Number(header)
  const { inputs, outputs } = JSON.parse(body.subarray(0, length).toString('utf8')) as InferRequest
  const feeds: Record<string, FloatTensor> = {}
  let at = length
  for (const { name, datatype, shape, data, parameters } of inputs) {
    const known = config.input.find((one) => one.name === name)
    if (!known) throw new Error(`unexpected inference input '${name}'`)
    if (`TYPE_${datatype}` !== known.data_type) throw new Error(`inference input '${name}' is ${datatype}`)
    if (shape.slice(1).join() !== known.dims.join())
      throw new Error(`unexpected shape for input '${name}': expected [-1,${known.dims}], got [${shape}]`)
    if (shape[0]! > config.max_batch_size)
      throw new Error(`inference request batch-size must be <= ${config.max_batch_size}`)
    const count = shape.reduce((product, side) => product * side, 1)
    const size = parameters?.binary_data_size
    const bytes = size === undefined ? null : body.subarray(at, at + size)
    at += size ?? 0
    const values = bytes ? Float32Array.from({ length: bytes.length / 4 }, readFrom(bytes)) : (data ?? [])
    if (values.length !== count) throw new Error(`input '${name}' has ${values.length} of ${count} elements`)
    feeds[name] = { data: Float32Array.from(values), dims: shape }
  }
  if (inputs.length !== config.input.length) throw new Error('missing inference input')
  if (at !== body.length) throw new Error('unexpected additional input data')
  const wanted: InferRequest['outputs'] = outputs ?? config.output
  return {
    feeds,
    outputs: wanted.map(({ name, parameters }) => ({ name, binary: parameters?.binary_data ?? false })),
  }
}

const readFrom = (bytes: Buffer) => (_: unknown, i: number) => bytes.readFloatLE(4 * i)

/** The answer to an inference request. */
export function encodeInfer(
  model: string,
  version: string,
  results: Readonly<Record<string, FloatTensor>>,
  wanted: Outputs,
): { readonly body: Buffer; readonly headerLength: number | null } {
  const tails: Buffer[] = []
  const outputs = wanted.map(({ name, binary }) => {
    const values = results[name]
    if (!values) throw new Error(`unexpected inference output '${name}'`)
    const head = { name, datatype: 'FP32', shape: values.dims }
    if (!binary) return { ...head, data: Array.from(values.data) }
    const bytes = Buffer.alloc(4 * values.data.length)
    for (const [i, value] of values.data.entries()) bytes.writeFloatLE(value, 4 * i)
    tails.push(bytes)
    return { ...head, parameters: { binary_data_size: bytes.length } }
  })
  const header = Buffer.from(JSON.stringify({ model_name: model, model_version: version, outputs }))
  return {
    body: Buffer.concat([header, ...tails]),
    headerLength: tails.length > 0 ? header.length : null,
  }
}
