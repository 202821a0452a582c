import sharp from 'sharp'
import type { Frame, Picture } from '../../media/frame.ts'
import type { EvidenceFrame } from './evidence.ts'

/** Longest side of a kept frame: enough to look at, small enough to keep several of a 4K video. */
const LONGEST_SIDE = 1600

/** A picture that may become evidence. */
export interface KeptFrame {
  readonly evidence: EvidenceFrame
  /** Gives memory that the picture shares with its frame back to the decoder. */
  release?(): void
}

/** Keeps a frame's picture, or none unless `wanted`; releases the frame where its data is not kept itself. */
export async function keepFrame(frame: Frame, wanted: boolean): Promise<KeptFrame | null> {
  const { index, seconds, release } = frame
  const shrunk = wanted ? await shrinkFrame(frame) : null
  const shared = shrunk?.picture.data === frame.data
  if (!shared) frame.release?.()
  if (shrunk === null) return null
  const evidence = { frame: index, seconds, ...shrunk }
  return shared && release ? { evidence, release } : { evidence }
}

/** The frame shrunk to at most `LONGEST_SIDE`; one that is smaller keeps its data. */
async function shrinkFrame(frame: Frame): Promise<Pick<EvidenceFrame, 'scale' | 'picture'>> {
  const scale = Math.min(1, LONGEST_SIDE / Math.max(frame.width, frame.height))
  if (scale === 1) return { scale, picture: { width: frame.width, height: frame.height, data: frame.data } }
  const width = Math.max(1, Math.round(frame.width * scale))
  const height = Math.max(1, Math.round(frame.height * scale))
  const data = await sharp(frame.data, { raw: { width: frame.width, height: frame.height, channels: 3 } })
    .resize(width, height, { fit: 'fill', kernel: 'cubic' })
    .raw()
    .toBuffer()
  return { scale, picture: { width, height, data } }
}

/** The picture of a planar RGB 0..1 crop. */
export function cropPicture(pixels: Float32Array, size: number): Picture {
  const area = size * size
  const data = new Uint8Array(area * 3)
  for (let at = 0; at < area; at++) {
    for (let channel = 0; channel < 3; channel++) {
      data[at * 3 + channel] = Math.round(Math.min(1, Math.max(0, pixels[channel * area + at]!)) * 255)
    }
  }
  return { width: size, height: size, data }
}

/** Keeps the `limit` entries with the highest rank. */
export function keepHighest<T>(limit: number) {
  const kept: { rank: number; value: T }[] = []
  return {
    /** Returns what there is no room for. */
    offer(rank: number, value: T): T | undefined {
      kept.push({ rank, value })
      kept.sort((a, b) => b.rank - a.rank)
      return kept.length > limit ? kept.pop()!.value : undefined
    },
    values: (): T[] => kept.map((entry) => entry.value),
  }
}
