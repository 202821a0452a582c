import type { Limits, MediaInfo } from '@unswap/contract'
import type { Picture } from '../frame.ts'
import type { VideoFormat } from '../kind.ts'
import type { Colour } from './colour.ts'
import type { Timeline } from './frame-times.ts'

/** A video file on the disk; its format is by its signature, so that no demuxer is guessed. */
export interface VideoFile {
  readonly path: string
  readonly format: VideoFormat
}

/** The first video stream of a file, known without decoding it. */
export interface VideoStream {
  readonly codec: string
  readonly shape: VideoShape
  /** As far as the container says. */
  readonly colour: Colour
  readonly timeline: Timeline
  /** True where the container stores no presentation times (AVI): the n-th frame shown has the n-th time. */
  readonly numbered: boolean
  /**
   * Whether frames may hold two moments, one in the even lines and one in the odd; null where the file does not say.
   * Known to ffmpeg alone.
   */
  readonly interlaced: boolean | null
  /** False where the file ends before the container says that the stream does. */
  readonly complete: boolean
}

/** How stored pictures become upright ones with square pixels: scaled to `scaled`, then turned clockwise. */
export interface VideoShape {
  readonly stored: Size
  readonly scaled: Size
  readonly upright: Size
  readonly rotation: MediaInfo['rotation']
}

export interface Size {
  readonly width: number
  readonly height: number
}

/** A decoded frame: its position in the timeline and its upright picture. */
export interface DecodedFrame {
  readonly position: number
  readonly picture: Picture
  /** As `Frame.release`. */
  release?(): void
}

export interface DecodeRequest {
  readonly file: VideoFile
  readonly stream: VideoStream
  /** Ascending positions in the timeline. */
  readonly chosen: readonly number[]
  readonly limits: Limits
  /** Threads that decode, where they can be chosen. */
  readonly threads: number
  readonly signal: AbortSignal
  /** Called when part of the stream turns out to be damaged. */
  readonly onDamage: () => void
}

/** A back-end that decodes video. Both keep one conformance suite. */
export interface VideoDecoder {
  readonly name: 'ffmpeg' | 'webcodecs'
  /** @throws UnswapError `media_no_video`, `media_no_frames`, `media_unreadable`, `limit_pixels`, `decoder_missing`. */
  probe(file: VideoFile, limits: Limits, signal: AbortSignal): Promise<VideoStream>
  /** The chosen frames that can be decoded, in order. Stops at once when the signal is aborted or the loop is left. */
  decode(request: DecodeRequest): AsyncGenerator<DecodedFrame, void, undefined>
}

/**
 * The upright shape of a stream. Pixels that are not square are made so by stretching, never by discarding.
 * @param aspect Width of a pixel over its height.
 * @param degrees Clockwise turn that makes the picture upright, rounded to a quarter turn.
 */
export function videoShape(stored: Size, aspect: number, degrees: number): VideoShape {
  const square = Number.isFinite(aspect) && aspect > 0.1 && aspect < 10 ? aspect : 1
  const scaled = {
    width: Math.round(stored.width * Math.max(1, square)),
    height: Math.round(stored.height / Math.min(1, square)),
  }
  const quarters = ((Math.round(degrees / 90) % 4) + 4) % 4
  return {
    stored,
    scaled,
    upright: quarters % 2 === 0 ? scaled : { width: scaled.height, height: scaled.width },
    rotation: ([0, 90, 180, 270] as const)[quarters]!,
  }
}

export function sameSize(a: Size, b: Size): boolean {
  return a.width === b.width && a.height === b.height
}
