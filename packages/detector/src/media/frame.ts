import type { Limits, MediaInfo } from '@unswap/contract'
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
   * Lets the decoder use the memory of `data` again, which must not be read from then on. To be called once, or never:
   * then the memory is collected like any other.
   */
  release?(): void
}

/** Where media comes from. Bytes are never written to a disk unless a video decoder must seek in them. */
export type MediaSource = { readonly path: string } | { readonly bytes: Uint8Array }

export interface OpenMediaOptions {
  readonly limits?: Partial<Limits>
  /** `auto`: ffmpeg when it is installed, the bundled decoder otherwise. */
  readonly decoder?: 'auto' | 'ffmpeg' | 'bundled'
  /** Threads that decode a video, where the decoder lets them be chosen; 2 unless said. One wastes least. */
  readonly decoderThreads?: number
  readonly signal?: AbortSignal
}

/** Opened and probed media; nothing is decoded until `frames` is pulled. */
export interface Media {
  readonly info: MediaInfo
  /** True once a decoder had to give up before the end of the stream. */
  readonly partlyDecoded: boolean
  /**
   * The chosen frames in order of time. At most a few are in memory; leaving the loop stops the decoder.
   * `expectedFrames` says how many to expect.
   */
  frames(plan: FramePlan): AsyncGenerator<Frame, void, undefined>
  /** How many frames `frames(plan)` should yield, or null where the container does not say. */
  expectedFrames(plan: FramePlan): number | null
  /** Stops the decoder and removes temporary files. */
  close(): Promise<void>
}
