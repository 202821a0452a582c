import { join } from 'node:path'
import { ANALYSIS_DEFAULTS } from '@unswap/contract'
import {
  alignFace,
  type Faces,
  type Frame,
  meanMap,
  openMedia,
  type Picture,
  REFERENCE_CROP,
  type Scorer,
} from '@unswap/detector'
import type { Dataset, Item } from '../../datasets/dataset-item.ts'
import { pickEvenly } from '../crops/pick-evenly.ts'
import { type Mask, maskInCrop, overlap } from './mask-overlap.ts'

/** Files that are compared, spread over the data set, and frames of each video: enough for two digits. */
const FILES = 200
const FRAMES = 4
/** Seconds by which a frame of the video and one of its mask may differ. */
const TOGETHER = 0.02

/** How well the manipulation map shows where a fake was changed. */
export interface MapFigures {
  /** Photographs, and frames of videos. */
  readonly pictures: number
  /** Intersection over union with the true mask, mean over the pictures. */
  readonly overlap: number
  /** The same of a map that calls every cell manipulated: what a useful map must beat. */
  readonly everything: number
}

interface Judges {
  readonly faces: Faces
  readonly scorer: Scorer
  readonly signal?: AbortSignal
}

type Judged = Pick<MapFigures, 'overlap' | 'everything'>

/**
 * Compares manipulation maps with true masks, over photographs and some frames of videos that have one. Of several faces
 * it takes the one that the mask covers most. Pictures with an empty mask or without a face are left out.
 * @returns null when nothing is left, or the models have no map
 */
export async function judgeMaps({ root, items }: Dataset, judges: Judges): Promise<MapFigures | null> {
  const masked = items.filter((item): item is Masked => item.mask !== null && item.kind !== 'frames')
  const judged: Judged[] = []
  for (const item of pickEvenly(masked, FILES)) judged.push(...(await judgeItem(root, item, judges)))
  if (judged.length === 0) return null
  const mean = (key: keyof Judged) => judged.reduce((sum, own) => sum + own[key], 0) / judged.length
  return { pictures: judged.length, overlap: mean('overlap'), everything: mean('everything') }
}

type Masked = Item & { readonly mask: string }

async function judgeItem(root: string, { path, mask }: Masked, judges: Judges): Promise<Judged[]> {
  const opening = judges.signal ? { signal: judges.signal } : {}
  const media = await openMedia({ path: join(root, path) }, opening)
  try {
    const masks = await openMedia({ path: join(root, mask) }, opening)
    try {
      const judged: (Judged | null)[] = []
      for await (const [frame, truth] of together(
        media.frames({ count: FRAMES }),
        masks.frames({ count: FRAMES }),
      )) {
        judged.push(await judgeOne(frame, greyOf(truth), judges))
      }
      return judged.filter((own) => own !== null)
    } finally {
      await masks.close()
    }
  } finally {
    await media.close()
  }
}

/** Frames of two streams that show the same moment. */
async function* together(
  frames: AsyncIterable<Frame>,
  others: AsyncIterable<Frame>,
): AsyncGenerator<readonly [Frame, Frame], void, undefined> {
  const waiting = others[Symbol.asyncIterator]()
  try {
    let next = await waiting.next()
    for await (const frame of frames) {
      while (!next.done && next.value.seconds < frame.seconds - TOGETHER) next = await waiting.next()
      if (next.done) return
      if (next.value.seconds <= frame.seconds + TOGETHER) yield [frame, next.value]
    }
  } finally {
    await waiting.return?.()
  }
}

const greyOf = ({ width, height, data }: Picture): Mask => ({
  width,
  height,
  data: Uint8Array.from({ length: width * height }, (_, i) =>
    Math.round(0.299 * data[3 * i]! + 0.587 * data[3 * i + 1]! + 0.114 * data[3 * i + 2]!),
  ),
})

async function judgeOne(frame: Frame, mask: Mask, { faces, scorer, signal }: Judges): Promise<Judged | null> {
  if (mask.width !== frame.width || mask.height !== frame.height) return null
  const { faces: located } = await faces.locate(frame, {
    maxFaces: ANALYSIS_DEFAULTS.maxFaces,
    ...(signal ? { signal } : {}),
  })
  const crops = located.map(({ mesh }) => alignFace(frame, mesh, REFERENCE_CROP))
  const covered = crops.map(({ transform }) =>
    maskInCrop(mask, transform, 28).reduce((sum, value) => sum + value, 0),
  )
  const most = Math.max(...covered)
  const crop = most > 0 ? crops[covered.indexOf(most)] : undefined
  const face = located[crops.indexOf(crop!)]
  if (!crop || !face) return null
  const inputs = scorer.inputs.map((input) => alignFace(frame, face.mesh, input))
  const map = meanMap(await scorer.score(inputs, signal))
  if (!map) return null
  const truth = maskInCrop(mask, crop.transform, map.size)
  return {
    overlap: overlap(map.probabilities, truth),
    everything: overlap(
      truth.map(() => 1),
      truth,
    ),
  }
}
