import { join } from 'node:path'
import { type ClassifierManifest, Golden, TemporalGolden, UnswapError } from '@unswap/contract'
import sharp from 'sharp'
import { readVerified } from '../onnx/weights.ts'
import { readModelJson } from './model-json.ts'

/** Crops that a classifier must reproduce on this machine, and what it must make of them. */
export interface GoldenCrops {
  readonly tolerance: Golden['tolerance']
  readonly crops: readonly {
    /** Side in sizes of the face: the margin that the manifest declares. */
    readonly margin: number
    readonly size: number
    /** Planar RGB 0..1, 3 × size × size. */
    readonly pixels: Float32Array
    /** In the order of the manifest's outputs. */
    readonly logits: readonly number[]
    readonly mapMean: number | null
  }[]
}

/**
 * `golden.json` of a classifier, with its crops.
 * @throws UnswapError `model_missing`, `model_invalid` or `model_corrupt`
 */
export async function readGoldenCrops(
  modelsDir: string,
  { id, input: { margin }, outputs }: ClassifierManifest,
): Promise<GoldenCrops> {
  const file = join(modelsDir, id, 'golden.json')
  const golden = await readModelJson(Golden, file)
  if (golden.crops.some(({ logits }) => logits.length !== outputs.order.length)) {
    throw new UnswapError('model_invalid', `${file} needs ${outputs.order.length} logits for each crop.`)
  }
  const crops = golden.crops.map(async ({ file: name, sha256, logits, mapMean }) => {
    const path = join(modelsDir, id, name)
    return { margin, ...(await decodeCrop(await readVerified(path, sha256), path)), logits, mapMean }
  })
  return { tolerance: golden.tolerance, crops: await Promise.all(crops) }
}

/**
 * `temporal-golden.json` of a classifier: clips that its temporal head must reproduce.
 * @param width numbers in a row
 * @throws UnswapError `model_missing` or `model_invalid`
 */
export async function readGoldenClips(modelsDir: string, id: string, width: number): Promise<TemporalGolden> {
  const file = join(modelsDir, id, 'temporal-golden.json')
  const golden = await readModelJson(TemporalGolden, file)
  if (golden.clips.every(({ rows }) => rows.every((row) => row.length === width))) return golden
  throw new UnswapError('model_invalid', `${file} needs ${width} numbers in each row: export the head again.`)
}

async function decodeCrop(
  bytes: Uint8Array,
  path: string,
): Promise<{ readonly size: number; readonly pixels: Float32Array }> {
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
