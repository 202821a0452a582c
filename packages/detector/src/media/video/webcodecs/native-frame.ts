import type { VideoFrame } from '@napi-rs/webcodecs'
import { UnswapError } from '@unswap/contract'
import sharp from 'sharp'
import type { Picture } from '../../frame.ts'
import { type Size, sameSize, type VideoStream } from '../decoder.ts'
import { decoderMissing } from '../installed-decoders.ts'
import { toSrgb } from '../to-srgb.ts'
import { planesToRgb } from './planes-to-rgb.ts'

/** The upright RGB picture of a frame of the bundled codec. */
export async function uprightPicture(frame: VideoFrame, { shape, colour }: VideoStream): Promise<Picture> {
  const stored = { width: frame.codedWidth, height: frame.codedHeight }
  const rgb = await readRgb(frame, stored)
  const { primaries, transfer } = frame.colorSpace
  toSrgb(rgb, { primaries: primaries ?? colour.primaries, transfer: transfer ?? colour.transfer })
  const { rotation, mirrored } = shape
  if (rotation === 0 && !mirrored && sameSize(stored, shape.scaled)) return { ...stored, data: rgb }
  const turned = sharp(rgb, { raw: { ...stored, channels: 3 } })
    .resize({ ...shape.scaled, fit: 'fill', kernel: 'cubic' })
    // sharp mirrors before it rotates, so that the rotation goes the other way round.
    .flop(mirrored)
    .rotate(mirrored ? 360 - rotation : rotation)
  return { ...shape.upright, data: await turned.raw().toBuffer() }
}

async function readRgb(frame: VideoFrame, size: Size): Promise<Uint8Array> {
  const data = new Uint8Array(frame.allocationSize())
  const layout = await frame.copyTo(data)
  const { matrix, fullRange } = frame.colorSpace
  // the codec reports planar RGB as I420 and then copies only a part of it
  if (matrix === 'rgb') throw decoderMissing('The bundled decoder cannot decode RGB video')
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
