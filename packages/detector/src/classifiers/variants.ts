import { join } from 'node:path'
import { type ClassifierManifest, UnswapError, type Weights } from '@unswap/contract'
import type { Device } from '../onnx/execution-providers.ts'
import { openSession, type Session } from '../onnx/session.ts'
import { readVerified } from '../onnx/weights.ts'
import type { Remote } from './kserve/call.ts'
import { openRemoteSession } from './kserve/remote-session.ts'

/** Where classifiers run. */
export interface ExecutionOptions {
  /** Folder of `<id>/` folders, each with manifest.json, golden.json and weights. */
  readonly modelsDir: string
  readonly device?: Device
  /** Threads of each network, 0 for as many as there are processors. */
  readonly threads?: number
  /** Run the classifiers on this inference server instead; it then decides on devices and threads itself. */
  readonly remote?: Remote
}

/** One combination of weights and arithmetic in which a model can run, opened. Whoever takes it closes its session. */
export interface ExecutionVariant {
  readonly weights: Weights
  readonly precise: boolean
  readonly session: Session
}

/**
 * The variants in which a model can run, fastest first; each is opened when the loop asks for it.
 * @throws UnswapError when a variant cannot be opened; `model_missing` when an inference server has none of them
 */
export const executionVariants = (
  manifest: ClassifierManifest,
  options: ExecutionOptions,
): AsyncGenerator<ExecutionVariant> =>
  options.remote ? remoteVariants(manifest, options.remote) : localVariants(manifest, options)

async function* localVariants(manifest: ClassifierManifest, options: ExecutionOptions) {
  const { device, threads = 0 } = options
  for (const weights of manifest.weights) {
    const bytes = await readVerified(join(options.modelsDir, manifest.id, weights.file), weights.sha256)
    for (const precise of weights.variant === 'int8' ? [false, true] : [false]) {
      const settings = { ...(device && { device }), threads, precise, ownThread: true }
      yield { weights, precise, session: await openSession(bytes, settings) }
    }
  }
}

async function* remoteVariants(manifest: ClassifierManifest, remote: Remote) {
  let served = 0
  for (const weights of manifest.weights) {
    const session = await openRemoteSession(remote, manifest, weights)
    if (!session) continue
    served++
    yield { weights, precise: false, session }
  }
  if (served > 0) return
  throw new UnswapError(
    'model_missing',
    `The inference server ${new URL(remote.url).host} does not serve ${manifest.id}: give it the folder that ` +
      '`unswap models triton` writes, and wait until the model is loaded.',
  )
}
