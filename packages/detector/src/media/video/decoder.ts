import type { Limits, MediaInfo } from '@unswap/contract'
import type { Picture } from '../frame.ts'
import type { VideoFormat } from '../sniff-format.ts'
import type { Timeline } from './frame-times.ts'
import type { Colour } from './to-srgb.ts'

/** A video file on disk. Its format comes from its signature, so that the demuxer need not be guessed. */
export interface VideoFile {
  readonly path: string
  readonly format: VideoFormat
}

/** The first video stream of a file, as its container describes it. */
export interface VideoStream {
  readonly codec: string
  readonly shape: VideoShape
  /** What the container says of it. */
  readonly colour: Colour
  readonly timeline: Timeline
  /** Seconds from the start of the file, as players show it, to the first frame. */
  readonly start: number
  /** True where the container stores no presentation times (AVI): frames are then counted. */
  readonly numbered: boolean
  /**
   * Whether frames may consist of two fields of different times; null where the file does not say. Only ffmpeg knows.
   */
  readonly interlaced: boolean | null
  /** False where the file ends before its stream does. */
  readonly complete: boolean
}

/**
 * How stored pictures become upright with square pixels: resized to `scaled`, rotated clockwise by `rotation`, then
 * mirrored from left to right where `mirrored`.
 */
export interface VideoShape {
  readonly stored: Size
  readonly scaled: Size
  readonly upright: Size
  readonly rotation: MediaInfo['rotation']
  readonly mirrored: boolean
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
  /** Positions in the timeline, ascending. */
  readonly chosen: readonly number[]
  readonly limits: Limits
  /** Threads that decode, where the back-end lets one choose. */
  readonly threads: number
  readonly signal: AbortSignal
  /** Called when part of the stream is found to be damaged. */
  readonly onDamage: () => void
}

/** A back-end that decodes video. One conformance suite tests both of them. */
export interface VideoDecoder {
  readonly name: 'ffmpeg' | 'webcodecs'
  /** @throws UnswapError `media_no_video`, `media_no_frames`, `media_unreadable`, `limit_pixels`, `decoder_missing`. */
  probe(file: VideoFile, limits: Limits, signal: AbortSignal): Promise<VideoStream>
  /** The chosen frames that can be decoded, in order. Stops when the signal aborts or the loop is left. */
  decode(request: DecodeRequest): AsyncGenerator<DecodedFrame, void, undefined>
}

/**
 * The upright shape of a stream. Pixels that are not square become square by enlarging one side.
 * @param aspect width of a pixel over its height
 * @param turn what makes the picture upright; rounded to a quarter turn
 */
export function videoShape(stored: Size, aspect: number, { degrees, mirrored }: Turn): VideoShape {
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
    mirrored,
  }
}

/** A clockwise rotation, and whether the result is then mirrored from left to right. */
export interface Turn {
  readonly degrees: number
  readonly mirrored: boolean
}

/**
 * The turn of a display matrix: (x, y) of the stored picture is shown at (a·x + c·y, b·x + d·y).
 * @param matrix 3×3 by rows: a, b, u, c, d, v, …; empty for no turn
 */
export function turnOf([a = 1, b = 0, , c = 0, d = 1]: readonly number[]): Turn {
  const mirrored = a * d - b * c < 0
  return { degrees: (Math.atan2(b, mirrored ? -a : a) * 180) / Math.PI, mirrored }
}

/** Shorter delays of the first frame are those of the sound's encoder, which players hide. */
const LEAST_START = 0.1

/** `VideoStream.start` by the times, in seconds, of the first frame and of the first sound or frame of all streams. */
export function startOf(firstFrame: number, firstOfAll: number): number {
  const start = firstFrame - firstOfAll
  return start >= LEAST_START ? Math.round(start * 1e6) / 1e6 : 0
}

export function sameSize(a: Size, b: Size): boolean {
  return a.width === b.width && a.height === b.height
}
