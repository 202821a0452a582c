import { type ClassifierManifest, UnswapError, type Weights } from '@unswap/contract'
import { readManifests } from '../models/manifests.ts'
import type { Device, Session } from '../onnx/session.ts'
import type { Remote } from './kserve/call.ts'
import { outputNames } from './logits.ts'
import {
  type GoldenCrops,
  type GoldenError,
  readGolden,
  strayFromGolden,
  withinTolerance,
} from './self-test.ts'
import { waysOf } from './variants.ts'

/** One way to run a model, and how far it strays from the golden crops that it was tried on. */
export interface Trial {
  readonly variant: Weights['variant']
  readonly precise: boolean
  readonly error: GoldenError
  readonly tolerance: number
  readonly held: boolean
}

/** A model that has reproduced its golden crops here; the last of `selfTest` is how it runs. */
export interface Classifier {
  readonly manifest: ClassifierManifest
  readonly variant: Weights['variant']
  /** Of the weights in use. */
  readonly sha256: string
  /** Slower exact 8-bit arithmetic, because the fast one saturates on this processor. */
  readonly precise: boolean
  /** What was tried, fastest first. */
  readonly selfTest: readonly Trial[]
  readonly session: Session
}

export interface OpenClassifiersOptions {
  /** Folder of `<id>/` folders, each with manifest.json, golden.json and weights. */
  readonly modelsDir: string
  /** Ids to open; every classifier that is there by default. */
  readonly models?: readonly string[]
  readonly device?: Device
  /** Threads of each network, 0 for as many as there are processors. */
  readonly threads?: number
  /** Run the classifiers on this inference server instead of here; `device` and `threads` are its own matter then. */
  readonly remote?: Remote
}

/**
 * Opens classifiers, in order of their ids. Each runs in the fastest way that reproduces its golden crops on this
 * machine: 8-bit weights as they are, 8-bit in exact arithmetic, float weights. With `remote`, the same crops prove
 * what an inference server runs.
 * @throws UnswapError `model_missing`, `model_invalid`, `model_corrupt`, `device_unavailable`, `scoring_unavailable`,
 *   or `model_self_test_failed` when no way reproduces them
 */
export async function openClassifiers(options: OpenClassifiersOptions): Promise<Classifier[]> {
  const opened: Classifier[] = []
  try {
    for (const manifest of await readManifests(options.modelsDir, options.models)) {
      opened.push(await openClassifier(manifest, options))
    }
    return opened
  } catch (error) {
    await Promise.all(opened.map(({ session }) => session.close()))
    throw error
  }
}

async function openClassifier(
  manifest: ClassifierManifest,
  options: OpenClassifiersOptions,
): Promise<Classifier> {
  const golden = await readGolden(options.modelsDir, manifest)
  const tried: Trial[] = []
  for await (const { weights, precise, session } of waysOf(manifest, options)) {
    const trial = await attempt(manifest, weights.variant, precise, session, golden)
    tried.push(trial)
    if (trial.held) {
      const { variant, sha256 } = weights
      return { manifest, variant, sha256, precise, selfTest: tried, session }
    }
    await session.close()
  }
  throw new UnswapError(
    'model_self_test_failed',
    `The model ${manifest.id} does not reproduce its golden crops ${options.remote ? 'on the inference server' : 'on this machine'} ` +
      `(${tried.map(describe).join('; ')}), so its scores would be wrong: ${options.remote ? 'write the server’s models again with `unswap models triton`' : 'restore its folder, update onnxruntime-node, or use another device'}.`,
  )
}

async function attempt(
  manifest: ClassifierManifest,
  variant: Weights['variant'],
  precise: boolean,
  session: Session,
  golden: GoldenCrops,
): Promise<Trial> {
  try {
    checkNames(manifest, session)
    const tolerance = golden.tolerance[variant]
    const error = await strayFromGolden({ manifest, session }, golden, tolerance)
    return { variant, precise, error, tolerance, held: withinTolerance(error, tolerance) }
  } catch (error) {
    await session.close()
    throw error
  }
}

function checkNames({ id, input, outputs }: ClassifierManifest, session: Session): void {
  const named = outputNames(outputs)
  const missing = named.find((name) => !session.outputs.includes(name))
  if (session.inputs.length === 1 && session.inputs[0] === input.name && missing === undefined) return
  throw new UnswapError(
    'model_invalid',
    `The weights of ${id} have the inputs ${session.inputs.join(', ')} and the outputs ${session.outputs.join(', ')}, ` +
      `but the manifest names the input ${input.name} and the outputs ${named.join(', ')}: correct one of them.`,
  )
}

const describe = ({ variant, precise, error, tolerance }: Trial): string =>
  `${variant}${precise ? ' in exact arithmetic' : ''}: off by ${error.logit.toFixed(2)} where ${tolerance} is allowed`
