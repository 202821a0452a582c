import type { Limits, MediaInfo } from '@unswap/contract'
import { UnswapError } from '@unswap/contract'
import sharp, { type Metadata, type SharpOptions } from 'sharp'
import type { Picture } from '../frame.ts'
import type { MediaFormat } from '../kind.ts'
import { checkPixels } from '../limits.ts'
import type { OpenedSource } from '../source.ts'
import { readHeif } from './heif.ts'
import { keepNeededLoaders } from './loaders.ts'
import { checkParts } from './parts.ts'

// Each picture is seen once, so a cache would only hold memory.
sharp.cache(false)
keepNeededLoaders()

/** What transparent parts are laid over: neither light nor dark. */
const BACKGROUND = '#808080'

/** Complaints of libjpeg about files that many cameras and editors write and that lose no pixel. */
const HARMLESS = /Invalid SOS parameters for sequential JPEG|extraneous bytes before marker/

export interface OpenedImage {
  readonly info: Omit<MediaInfo, 'sha256' | 'kind' | 'format' | 'bytes'>
  decode(): Promise<Picture>
}

/**
 * Reads the header and checks the size; decodes nothing yet.
 * @throws UnswapError `media_unreadable`, `limit_pixels`, `limit_frames`.
 */
export async function openImage(
  source: OpenedSource,
  format: MediaFormat['format'],
  limits: Limits,
  signal: AbortSignal,
): Promise<OpenedImage> {
  const content = await source.content()
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
    // A picture of which a part is missing is an error: its grey rest could pass for a face's.
    decode: () =>
      unreadable(async () => {
        if (!heic) return decode(content, metadata)
        const png = await readHeif(content, metadata.icc, limits, signal)
        return toPicture(png, READING, await sharp(png).metadata())
      }),
  }
}

/** Pixels are limited by `checkPixels`; everything libvips finds odd fails, and `decode` forgives some of it. */
const READING = {
  failOn: 'warning',
  limitInputPixels: false,
  autoOrient: true,
  sequentialRead: true,
} as const

/** The name by which sharp calls each format, so that what another reader takes a file for does not count. */
const LOADED_AS: Readonly<Partial<Record<MediaFormat['format'], string>>> = {
  jpeg: 'jpeg',
  png: 'png',
  webp: 'webp',
  avif: 'heif',
  gif: 'gif',
  tiff: 'tiff',
  heic: 'heif',
}

/** Clockwise degrees by EXIF orientation (CIPA DC-008); even numbers up to 4 and odd ones above are mirrored besides. */
const ROTATION: readonly MediaInfo['rotation'][] = [0, 0, 0, 180, 180, 270, 90, 90, 270]

async function decode(content: Uint8Array | string, metadata: Metadata): Promise<Picture> {
  try {
    return await toPicture(content, READING, metadata)
  } catch (error) {
    if (!(error instanceof Error && HARMLESS.test(error.message))) throw error
    return await toPicture(content, { ...READING, failOn: 'error' }, metadata)
  }
}

async function toPicture(
  content: Uint8Array | string,
  options: SharpOptions,
  metadata: Metadata,
): Promise<Picture> {
  const upright = sharp(content, options)
  if (metadata.hasAlpha) upright.flatten({ background: BACKGROUND })
  // sharp leaves pictures of 16 bits that have a profile in Display P3, unless asked for another
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
    const detail = cause instanceof Error ? cause.message.trim().split('\n')[0] : String(cause)
    throw new UnswapError('media_unreadable', `The picture is damaged and cannot be decoded: ${detail}`, {
      cause,
    })
  }
}
