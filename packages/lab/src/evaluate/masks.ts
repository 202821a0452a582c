import { join } from 'node:path'
import { alignFace, type Faces, meanMap, openMedia, type Scorer } from '@unswap/detector'
import sharp from 'sharp'
import type { Dataset } from '../datasets/item.ts'
import { maskInCrop, overlap } from './overlap.ts'

const CROP = { margin: 1.3, size: 224 }

/** How well the manipulation map shows where a fake was changed. */
export interface MapFigures {
  readonly pictures: number
  /** Intersection over union with the true mask, mean over the pictures. */
  readonly overlap: number
  /** The same of a map that calls every cell manipulated: what a useful map must beat. */
  readonly everything: number
}

/**
 * Compares the map of the face that the mask covers most with the true mask, over all fake photographs that have one.
 * Null when there are none, or the models have no map.
 */
export async function judgeMaps(
  { root, items }: Dataset,
  { faces, scorer }: { readonly faces: Faces; readonly scorer: Scorer },
): Promise<MapFigures | null> {
  const found: { overlap: number; everything: number }[] = []
  for (const { path, mask, kind } of items) {
    if (mask === null || kind !== 'image') continue
    const own = await judgeOne(join(root, path), join(root, mask), faces, scorer)
    if (own) found.push(own)
  }
  if (found.length === 0) return null
  const mean = (key: 'overlap' | 'everything') => found.reduce((sum, own) => sum + own[key], 0) / found.length
  return { pictures: found.length, overlap: mean('overlap'), everything: mean('everything') }
}

async function judgeOne(path: string, maskPath: string, faces: Faces, scorer: Scorer) {
  const { data, info } = await sharp(maskPath)
    .toColourspace('b-w')
    .raw()
    .toBuffer({ resolveWithObject: true })
  const mask = { width: info.width, height: info.height, data }
  const media = await openMedia({ path })
  try {
    for await (const frame of media.frames({ count: 1 })) {
      const { faces: located } = await faces.locate(frame, { maxFaces: 16 })
      const crops = located.map(({ mesh }) => alignFace(frame, mesh, CROP))
      const covered = crops.map(({ transform }) =>
        maskInCrop(mask, transform, 28).reduce((sum, value) => sum + value, 0),
      )
      const crop = crops[covered.indexOf(Math.max(...covered))]
      const map = crop && meanMap(await scorer.score(crop))
      if (!crop || !map) return null
      const truth = maskInCrop(mask, crop.transform, map.size)
      return {
        overlap: overlap(map.probabilities, truth),
        everything: overlap(
          truth.map(() => 1),
          truth,
        ),
      }
    }
    return null
  } finally {
    await media.close()
  }
}
