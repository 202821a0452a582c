import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import protobuf from 'protobufjs'
import textformat from 'protobufjs/ext/textformat.js'

/** What the tests and the test server read of a `config.pbtxt`. */
export interface ModelConfig {
  readonly name: string
  readonly backend: string
  readonly default_model_filename: string
  readonly max_batch_size: number
  readonly input: readonly TensorConfig[]
  readonly output: readonly TensorConfig[]
  readonly version_policy: { readonly specific: { readonly versions: readonly string[] } }
  readonly instance_group: readonly { readonly count: number; readonly kind: string }[]
  readonly dynamic_batching: {
    readonly preferred_batch_size: readonly number[]
    readonly max_queue_delay_microseconds: string
  }
  readonly parameters: Readonly<Record<string, { readonly string_value: string }>>
}

interface TensorConfig {
  readonly name: string
  readonly data_type: string
  readonly dims: readonly string[]
}

const PROTO = fileURLToPath(new URL('./model-config.proto', import.meta.url))
const root = await new protobuf.Root().load(PROTO, { keepCase: true })
const type = root.lookupType('inference.ModelConfig')

/** A `config.pbtxt` as Triton's JSON has it; throws where the text is not one message of that type. */
export async function readConfig(file: string): Promise<ModelConfig> {
  const message = textformat.fromText(type, await readFile(file, 'utf8'))
  return type.toObject(message, { enums: String, longs: String, defaults: false }) as ModelConfig
}
