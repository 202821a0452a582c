import type { Limits, MediaInfo, ReasonCode } from '@unswap/contract'
import type { FramePlan } from './video/sampling.ts'

/** An upright RGB picture: 8 bits a channel, 3 bytes a pixel, rows without padding, sRGB. */
export interface Picture {
  readonly width: number
  readonly height: number
  readonly data: Uint8Array
}

/** A decoded picture and when it is shown. `index` counts the frames handed out, from 0. */
export interface Frame extends Picture {
  readonly index: number
  /** Presentation time in seconds from the start of the video; 0 for images. */
  readonly seconds: number
  /**
   * Gives the memory of `data` back to the decoder for reuse; do not read it afterwards. Call it at most once. A frame
   * that is never released is garbage-collected.
   */
  release?(): void
}

/** Where media comes from. Bytes are written to disk only when a video decoder must seek in them. */
export type MediaSource = { readonly path: string } | { readonly bytes: Uint8Array }

export interface OpenMediaOptions {
  readonly limits?: Partial<Limits>
  /** `auto`: ffmpeg when it is installed, the bundled decoder otherwise. */
  readonly decoder?: 'auto' | 'ffmpeg' | 'bundled'
  /** Threads that decode a video, where the decoder lets one choose; 2 by default. 1 costs the least CPU time. */
  readonly decoderThreads?: number
  readonly signal?: AbortSignal
}

/** Opened and probed media; nothing is decoded until `frames` is pulled. */
export interface Media {
  readonly info: MediaInfo
  /** What the reader should know of the file, such as `partly_decoded`; complete once its frames were pulled. */
  readonly notes: readonly ReasonCode[]
  /**
   * The chosen frames in order of time. Only a few are in memory at once. Leaving the loop stops the decoder.
   */
  frames(plan: FramePlan): AsyncGenerator<Frame, void, undefined>
  /** How many frames `frames(plan)` should yield, or null where the container does not say. */
  expectedFrames(plan: FramePlan): number | null
  /** Stops the decoder and removes temporary files. */
  close(): Promise<void>
}
