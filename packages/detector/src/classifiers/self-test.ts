import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ClassifierManifest, Golden, UnswapError } from '@unswap/contract'
import sharp from 'sharp'
import { conform, parse } from '../models/manifests.ts'
import type { Session } from '../onnx/session.ts'
import { classify } from './classify.ts'
import { AUTHENTIC, OUTPUTS } from './logits.ts'
import { mapMean } from './manipulation-map.ts'

/** How far a network strays from its golden crops: the worst error of a logit, and of a map's mean probability. */
export interface GoldenError {
  readonly logit: number
  readonly map: number
}

export interface GoldenCrops {
  readonly tolerance: Golden['tolerance']
  readonly crops: readonly {
    readonly size: number
    readonly pixels: Float32Array
    readonly logits: readonly number[]
    readonly mapMean: number | null
  }[]
}

/**
 * `golden.json` of a model with its crops, upright RGB 0..1, planar.
 * @throws UnswapError `model_missing`, `model_invalid` or `model_corrupt`
 */
export async function readGolden(
  modelsDir: string,
  { id, outputs }: ClassifierManifest,
): Promise<GoldenCrops> {
  const file = join(modelsDir, id, 'golden.json')
  const golden = conform(Golden, parse((await read(file)).toString('utf8'), file), file)
  if (golden.crops.some(({ logits }) => logits.length !== outputs.order.length)) {
    throw new UnswapError('model_invalid', `${file} needs ${outputs.order.length} logits for each crop.`)
  }
  const crops = golden.crops.map(async ({ file: name, sha256, logits, mapMean }) => {
    const path = join(modelsDir, id, name)
    const bytes = await read(path)
    if (createHash('sha256').update(bytes).digest('hex') !== sha256) {
      throw new UnswapError('model_corrupt', `${path} is not the crop that golden.json names: restore it.`)
    }
    return { ...(await decode(bytes, path)), logits, mapMean }
  })
  return { tolerance: golden.tolerance, crops: await Promise.all(crops) }
}

/**
 * How far a network strays from the golden crops; infinitely when it gives anything but numbers. The first crop runs
 * alone: a network that fails it is not tried on the others.
 */
export async function strayFromGolden(
  model: { readonly manifest: ClassifierManifest; readonly session: Session },
  { crops }: GoldenCrops,
  tolerance: number,
): Promise<GoldenError> {
  const first = await strayFrom(model, crops.slice(0, 1))
  if (crops.length === 1 || !withinTolerance(first, tolerance)) return first
  const rest = await strayFrom(model, crops.slice(1))
  return { logit: Math.max(first.logit, rest.logit), map: Math.max(first.map, rest.map) }
}

async function strayFrom(
  model: { readonly manifest: ClassifierManifest; readonly session: Session },
  crops: GoldenCrops['crops'],
): Promise<GoldenError> {
  const results = await classify(model, crops)
  const errors = results.map((result, i) => {
    const expected = crops[i]!
    if (result instanceof UnswapError) return { logit: Number.POSITIVE_INFINITY, map: 0 }
    const found = (name: string) =>
      name === AUTHENTIC ? -result.logits[0]! : result.logits[OUTPUTS.indexOf(name)]!
    const logits = model.manifest.outputs.order.map((name, at) =>
      Math.abs(found(name) - expected.logits[at]!),
    )
    const compared = expected.mapMean !== null && result.map !== null
    const map = compared ? Math.abs(mapMean(result.map) - expected.mapMean) : 0
    return { logit: Math.max(...logits), map }
  })
  return {
    logit: Math.max(...errors.map(({ logit }) => logit)),
    map: Math.max(...errors.map(({ map }) => map)),
  }
}

/** A logit moves its probability by at most a quarter of its own change, so one tolerance serves both. */
export const withinTolerance = (error: GoldenError, tolerance: number): boolean =>
  error.logit <= tolerance && error.map <= tolerance / 4

async function read(path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (cause) {
    throw new UnswapError(
      'model_missing',
      `${path} cannot be read, and a model is only used when it reproduces its golden crops: restore it.`,
      { cause },
    )
  }
}

async function decode(bytes: Buffer, path: string): Promise<{ size: number; pixels: Float32Array }> {
  try {
    const { data, info } = await sharp(bytes)
      .removeAlpha()
      .toColourspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true })
    if (info.width !== info.height || info.channels !== 3) throw new Error('not a square colour picture')
    const area = info.width * info.height
    const pixels = new Float32Array(3 * area)
    for (let i = 0; i < pixels.length; i++) pixels[(i % 3) * area + Math.floor(i / 3)] = data[i]! / 255
    return { size: info.width, pixels }
  } catch (cause) {
    throw new UnswapError('model_invalid', `${path} is not a square RGB picture: restore it.`, { cause })
  }
}
