import { join } from 'node:path'
import { type ClassifierManifest, UnswapError, type Weights } from '@unswap/contract'
import { openSession, type Session } from '../onnx/session.ts'
import { readVerified } from '../onnx/weights.ts'
import { openRemoteSession } from './kserve/remote-session.ts'
import type { OpenClassifiersOptions } from './open-classifiers.ts'

/** One way to run a model; who takes it closes its session. */
export interface Way {
  readonly weights: Weights
  readonly precise: boolean
  readonly session: Session
}

/**
 * Every way to run a model where the options say, fastest first; each is opened when it is asked for.
 * @throws UnswapError what keeps a way from being opened; `model_missing` when an inference server has none
 */
export const waysOf = (manifest: ClassifierManifest, options: OpenClassifiersOptions): AsyncGenerator<Way> =>
  options.remote ? remoteWays(manifest, options.remote) : localWays(manifest, options)

async function* localWays(manifest: ClassifierManifest, options: OpenClassifiersOptions) {
  const { device, threads = 0 } = options
  for (const weights of manifest.weights) {
    const bytes = await readVerified(join(options.modelsDir, manifest.id, weights.file), weights.sha256)
    for (const precise of weights.variant === 'int8' ? [false, true] : [false]) {
      const session = await openSession(bytes, { ...(device && { device }), threads, precise, apart: true })
      yield { weights, precise, session }
    }
  }
}

async function* remoteWays(
  manifest: ClassifierManifest,
  remote: NonNullable<OpenClassifiersOptions['remote']>,
) {
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
