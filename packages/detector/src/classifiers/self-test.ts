import { type ClassifierManifest, UnswapError } from '@unswap/contract'
import type { GoldenCrops } from '../models/goldens.ts'
import { AUTHENTIC, MANIPULATED, outputIndex } from '../models/outputs.ts'
import type { Session } from '../onnx/session.ts'
import { classify } from './classify.ts'
import { mapMean } from './manipulation-map.ts'

/** The worst errors of a network on its golden crops: of a logit, and of a map's mean probability. */
export interface GoldenError {
  readonly logit: number
  readonly map: number
}

interface RunnableModel {
  readonly manifest: ClassifierManifest
  readonly session: Session
}

/**
 * Runs a network on its golden crops. The error of a result that is not a number is infinite. The first crop runs
 * alone: a network that fails it is not tried on the others.
 */
export async function measureGoldenError(
  model: RunnableModel,
  { crops }: GoldenCrops,
  tolerance: number,
): Promise<GoldenError> {
  const first = await worstError(model, crops.slice(0, 1))
  if (crops.length === 1 || !withinTolerance(first, tolerance)) return first
  return worstOf([first, await worstError(model, crops.slice(1))])
}

async function worstError(model: RunnableModel, crops: GoldenCrops['crops']): Promise<GoldenError> {
  const results = await classify(model, crops)
  const errors = results.map((result, i) => {
    const expected = crops[i]!
    if (result instanceof UnswapError) return { logit: Number.POSITIVE_INFINITY, map: 0 }
    const found = (name: string) =>
      name === AUTHENTIC ? -result.logits[MANIPULATED]! : result.logits[outputIndex(name)]!
    const logits = model.manifest.outputs.order.map((name, at) =>
      Math.abs(found(name) - expected.logits[at]!),
    )
    const compared = expected.mapMean !== null && result.map !== null
    const map = compared ? Math.abs(mapMean(result.map) - expected.mapMean) : 0
    return { logit: Math.max(...logits), map }
  })
  return worstOf(errors)
}

const worstOf = (errors: readonly GoldenError[]): GoldenError => ({
  logit: Math.max(...errors.map(({ logit }) => logit)),
  map: Math.max(...errors.map(({ map }) => map)),
})

/** A change of a logit changes its probability by a quarter of that at most, so one tolerance serves both. */
export const withinTolerance = (error: GoldenError, tolerance: number): boolean =>
  error.logit <= tolerance && error.map <= tolerance / 4
