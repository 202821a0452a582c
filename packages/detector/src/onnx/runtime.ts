import './telemetry.ts'
import { env, InferenceSession, listSupportedBackends, Tensor } from 'onnxruntime-node'
import type { NamedTensors } from './tensor.ts'

export type RuntimeSettings = InferenceSession.SessionOptions

/** A network that onnxruntime has loaded, in this thread or in one of its own. */
export interface Runtime {
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  run(feeds: NamedTensors): Promise<NamedTensors>
  release(): Promise<void>
}

export const runtimeVersion = env.versions.node ?? env.versions.common

/** Names of the execution providers that onnxruntime was built with. */
export const runtimeBackends = (): string[] => listSupportedBackends().map(({ name }) => name)

/** Loads a network in this thread, which is blocked while the network runs. Fails as onnxruntime does. */
export async function loadInThisThread(
  model: string | Uint8Array,
  settings: RuntimeSettings,
): Promise<Runtime> {
  const session =
    typeof model === 'string'
      ? await InferenceSession.create(model, settings)
      : await InferenceSession.create(model, settings)
  return {
    inputs: session.inputNames,
    outputs: session.outputNames,
    async run(feeds) {
      const tensors = Object.entries(feeds).map(([name, { data, dims }]) => [
        name,
        new Tensor('float32', data, dims),
      ])
      const results = await session.run(Object.fromEntries(tensors))
      return Object.fromEntries(
        Object.entries(results).map(([name, { data, dims }]) => [name, { data: data as Float32Array, dims }]),
      )
    },
    release: () => session.release(),
  }
}
