import { type ClassifierManifest, UnswapError, type Weights } from '@unswap/contract'
import { type GoldenCrops, readGoldenCrops } from '../models/goldens.ts'
import { readManifests } from '../models/manifests.ts'
import { outputNames } from '../models/outputs.ts'
import type { Session } from '../onnx/session.ts'
import { type GoldenError, measureGoldenError, withinTolerance } from './self-test.ts'
import { type ExecutionOptions, type ExecutionVariant, executionVariants } from './variants.ts'

/** How one execution variant of a model did on its golden crops. */
export interface Trial {
  readonly variant: Weights['variant']
  readonly precise: boolean
  readonly error: GoldenError
  readonly tolerance: number
  readonly held: boolean
}

/** A model that has reproduced its golden crops here. The last entry of `selfTest` is the variant that runs. */
export interface Classifier {
  readonly manifest: ClassifierManifest
  readonly variant: Weights['variant']
  /** Of the weights in use. */
  readonly sha256: string
  /** Exact but slower 8-bit arithmetic, used where the fast one saturates on this processor. */
  readonly precise: boolean
  /** What was tried, fastest first. */
  readonly selfTest: readonly Trial[]
  readonly session: Session
}

export interface OpenClassifiersOptions extends ExecutionOptions {
  /** Ids to open; every classifier that is there by default. */
  readonly models?: readonly string[]
}

/**
 * Opens classifiers, in order of their ids. Each runs in the fastest variant that reproduces its golden crops on this
 * machine: 8-bit weights, 8-bit weights in exact arithmetic, float weights. With `remote`, the same crops test what the
 * inference server runs.
 * @throws UnswapError `model_missing`, `model_invalid`, `model_corrupt`, `device_unavailable`, `scoring_unavailable`,
 *   or `model_self_test_failed` when no variant reproduces them
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
  const golden = await readGoldenCrops(options.modelsDir, manifest)
  const tried: Trial[] = []
  for await (const variant of executionVariants(manifest, options)) {
    const { weights, precise, session } = variant
    const trial = await attempt(manifest, variant, golden)
    tried.push(trial)
    if (trial.held) {
      return {
        manifest,
        variant: weights.variant,
        sha256: weights.sha256,
        precise,
        selfTest: tried,
        session,
      }
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
  { weights: { variant }, precise, session }: ExecutionVariant,
  golden: GoldenCrops,
): Promise<Trial> {
  try {
    checkNames(manifest, session)
    const tolerance = golden.tolerance[variant]
    const error = await measureGoldenError({ manifest, session }, golden, tolerance)
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
