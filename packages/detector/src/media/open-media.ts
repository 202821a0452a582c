import { type Limits, UnswapError } from '@unswap/contract'
import { checkCancelled, resolveLimits } from './check-limits.ts'
import type { Frame, Media, MediaSource, OpenMediaOptions } from './frame.ts'
import { openImage } from './image/open-image.ts'
import { type OpenedSource, openSource } from './media-source.ts'
import { FORMATS_TEXT, type MediaFormat, sniffFormat, type VideoFormat } from './sniff-format.ts'
import type { VideoDecoder } from './video/decoder.ts'
import { ffmpegDecoder } from './video/ffmpeg/ffmpeg-decoder.ts'
import { decoderMissing, ffmpegVersion } from './video/installed-decoders.ts'
import { openVideo } from './video/open-video.ts'
import { bundledDecoder } from './video/webcodecs/webcodecs-decoder.ts'

/** One thread is fast enough for most videos; the second is for high bit rates. */
const DECODER_THREADS = 2

/**
 * Opens a photograph or a video: recognises its format by its bytes, checks the limits and reads its header. Decodes
 * nothing until `frames` is pulled. The caller closes it.
 *
 * @throws UnswapError `media_not_found`, `media_empty`, `media_unsupported`, `media_unreadable`, `media_no_video`,
 * `media_no_frames`, `limit_bytes`, `limit_pixels`, `limit_duration`, `limit_frames`, `decoder_missing`, `cancelled`;
 * `frames` throws also `decoder_failed`.
 */
export async function openMedia(source: MediaSource, options: OpenMediaOptions = {}): Promise<Media> {
  const closing = new AbortController()
  const signal = AbortSignal.any([closing.signal, ...(options.signal ? [options.signal] : [])])
  checkCancelled(signal)
  const limits = resolveLimits(options.limits)
  const opened = await openSource(source, limits)
  const close = async () => {
    closing.abort()
    await opened.close()
  }
  try {
    const format = formatOf(opened)
    return format.kind === 'image'
      ? await openImageFile(opened, format, { limits, signal, close })
      : await openVideoFile(opened, format, { limits, signal, close }, options)
  } catch (cause) {
    const cancelled = signal.aborted
    await close()
    if (cancelled) checkCancelled(signal)
    throw cause
  }
}

interface Opening {
  readonly limits: Limits
  readonly signal: AbortSignal
  readonly close: () => Promise<void>
}

function formatOf(source: OpenedSource): MediaFormat {
  const format = sniffFormat(source.head)
  if (format !== null) return format
  throw new UnswapError(
    'media_unsupported',
    `This is no photograph or video that can be read: ${FORMATS_TEXT}.`,
  )
}

async function openImageFile(
  source: OpenedSource,
  { kind, format }: MediaFormat,
  { limits, signal, close }: Opening,
): Promise<Media> {
  const image = await openImage(source, format, limits, signal)
  const sha256 = await source.sha256(signal)
  let notes: Media['notes'] = []
  async function* frames(): AsyncGenerator<Frame, void, undefined> {
    checkCancelled(signal)
    const decoded = await image.decode()
    checkCancelled(signal)
    notes = decoded.notes
    yield { ...decoded.picture, index: 0, seconds: 0 }
  }
  return {
    info: { ...image.info, sha256, kind, format, bytes: source.size },
    get notes() {
      return notes
    },
    frames,
    expectedFrames: () => 1,
    close,
  }
}

async function openVideoFile(
  source: OpenedSource,
  { kind, format }: MediaFormat,
  { limits, signal, close }: Opening,
  { decoder: wanted = 'auto', decoderThreads: threads = DECODER_THREADS }: OpenMediaOptions,
): Promise<Media> {
  const decoder = await chooseDecoder(wanted)
  const file = { path: await source.file(), format: format as VideoFormat }
  const hashing = source.sha256(signal)
  hashing.catch(() => {})
  const video = await openVideo(decoder, file, { limits, threads, signal })
  const sha256 = await hashing
  return {
    info: { ...video.info, sha256, kind, format, bytes: source.size },
    get notes() {
      return video.notes
    },
    frames: video.frames,
    expectedFrames: video.expectedFrames,
    close,
  }
}

async function chooseDecoder(wanted: NonNullable<OpenMediaOptions['decoder']>): Promise<VideoDecoder> {
  if (wanted === 'bundled') return bundledDecoder
  if ((await ffmpegVersion()) !== null) return ffmpegDecoder
  if (wanted === 'ffmpeg') throw decoderMissing('ffmpeg is not installed')
  return bundledDecoder
}
