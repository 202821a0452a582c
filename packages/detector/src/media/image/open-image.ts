import type { Limits, MediaInfo } from '@unswap/contract'
import { UnswapError } from '@unswap/contract'
import sharp, { type Metadata, type SharpOptions } from 'sharp'
import { checkPixels } from '../check-limits.ts'
import type { Picture } from '../frame.ts'
import type { OpenedSource } from '../media-source.ts'
import type { MediaFormat } from '../sniff-format.ts'
import { toSrgb } from '../video/to-srgb.ts'
import { allowNeededLoadersOnly } from './allowed-loaders.ts'
import { refuseCameraRaw } from './camera-raw.ts'
import { readPictureColour } from './colour/picture-colour.ts'
import { readHeif } from './heif.ts'
import { checkParts } from './parts.ts'
import { type Checked, decodeChecked } from './soundness/decode-checked.ts'

// Each picture is read once, so a cache would only take memory.
sharp.cache(false)
allowNeededLoadersOnly()

/** Background of transparent parts: middle grey. */
const BACKGROUND = '#808080'

export interface OpenedImage {
  readonly info: Omit<MediaInfo, 'sha256' | 'kind' | 'format' | 'bytes'>
  /** The upright picture, and whether its file is in order. */
  decode(): Promise<Checked<Picture>>
}

/**
 * Reads the header and checks the size; decodes nothing yet.
 * @throws UnswapError `media_unsupported`, `media_unreadable`, `limit_pixels`, `limit_frames`.
 */
export async function openImage(
  source: OpenedSource,
  format: MediaFormat['format'],
  limits: Limits,
  signal: AbortSignal,
): Promise<OpenedImage> {
  const content = await source.content()
  if (format === 'tiff') refuseCameraRaw(typeof content === 'string' ? source.head : content)
  await checkParts(content, format)
  const metadata = await unreadable(async () => {
    const read = await sharp(content, READING).metadata()
    if (read.format === LOADED_AS[format]) return read
    throw new Error(`it begins like ${format}, but is ${read.format}`)
  })
  const { width, height } = metadata.autoOrient
  checkPixels(width, height, limits)
  const heic = format === 'heic'
  return {
    info: {
      width,
      height,
      codec: null,
      durationSeconds: null,
      frameCount: null,
      frameRate: null,
      rotation: heic ? 0 : ROTATION[metadata.orientation ?? 1]!,
      decoder: heic ? 'heif' : 'sharp',
    },
    // A truncated picture is an error: its grey rest could be taken for part of a face.
    decode: () =>
      unreadable(async () => {
        const colour =
          typeof content === 'string' ? null : readPictureColour(content, format, metadata.icc !== undefined)
        const checked = heic
          ? { picture: await decodeHeic(content, metadata, limits, signal), notes: [] }
          : await decodeChecked(content, format, (whole, failOn) =>
              toPicture(whole, { ...READING, failOn }, metadata),
            )
        if (colour !== null) toSrgb(checked.picture.data, colour)
        return checked
      }),
  }
}

/** `checkPixels` limits the pixels. */
const READING = {
  failOn: 'error',
  limitInputPixels: false,
  autoOrient: true,
  sequentialRead: true,
} as const

/** sharp's name of each format, so that a file is refused when sharp takes it for another one. */
const LOADED_AS: Readonly<Partial<Record<MediaFormat['format'], string>>> = {
  jpeg: 'jpeg',
  png: 'png',
  webp: 'webp',
  avif: 'heif',
  gif: 'gif',
  tiff: 'tiff',
  heic: 'heif',
}

/** Clockwise degrees by EXIF orientation (CIPA DC-008). Orientations 2, 4, 5 and 7 are mirrored as well. */
const ROTATION: readonly MediaInfo['rotation'][] = [0, 0, 0, 180, 180, 270, 90, 90, 270]

async function decodeHeic(
  content: Uint8Array | string,
  { icc }: Metadata,
  limits: Limits,
  signal: AbortSignal,
): Promise<Picture> {
  const png = await readHeif(content, icc, limits, signal)
  return toPicture(png, READING, await sharp(png).metadata())
}

async function toPicture(
  content: Uint8Array | string,
  options: SharpOptions,
  metadata: Metadata,
): Promise<Picture> {
  const upright = sharp(content, options)
  if (metadata.hasAlpha) upright.flatten({ background: BACKGROUND })
  // sharp leaves 16-bit pictures with a profile in Display P3 unless told otherwise
  if (metadata.space === 'rgb16' && metadata.icc !== undefined) upright.withIccProfile('srgb')
  const { data, info } = await upright
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, data }
}

async function unreadable<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (cause) {
    if (cause instanceof UnswapError) throw cause
    // The words of libvips may be about another picture of this process, so they are not passed on.
    throw new UnswapError('media_unreadable', 'The picture is damaged and cannot be decoded.', { cause })
  }
}
