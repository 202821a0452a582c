import type { VideoFrame } from '@napi-rs/webcodecs'
import { UnswapError } from '@unswap/contract'
import sharp from 'sharp'
import { type Size, sameSize, type VideoShape } from './decoder.ts'
import type { Picture } from './frame.ts'
import { planesToRgb } from './pixels.ts'

/** The upright RGB picture of a frame of the bundled codec. */
export async function uprightPicture(frame: VideoFrame, shape: VideoShape): Promise<Picture> {
  const stored = { width: frame.codedWidth, height: frame.codedHeight }
  const rgb = await readRgb(frame, stored)
  if (shape.rotation === 0 && sameSize(stored, shape.scaled)) return { ...stored, data: rgb }
  const turned = sharp(rgb, { raw: { ...stored, channels: 3 } })
    .resize({ ...shape.scaled, fit: 'fill', kernel: 'cubic' })
    .rotate(shape.rotation)
  return { ...shape.upright, data: await turned.raw().toBuffer() }
}

async function readRgb(frame: VideoFrame, size: Size): Promise<Uint8Array> {
  const data = new Uint8Array(frame.allocationSize())
  const layout = await frame.copyTo(data)
  const { matrix, fullRange } = frame.colorSpace
  const rgb = planesToRgb({
    ...size,
    data,
    layout,
    format: frame.format ?? 'unknown',
    matrix: matrix ?? null,
    fullRange: fullRange ?? false,
  })
  if (rgb !== null) return rgb
  throw new UnswapError(
    'decoder_failed',
    `The bundled decoder gives frames as ${frame.format}; use ffmpeg instead.`,
  )
}
