import type { Family } from '@unswap/contract'
import type { Split } from '../datasets/item.ts'
import type { Label } from '../evaluate/sample.ts'

/** Version of the prepared layout; a folder of another version is never added to. */
export const PREPARED = 'unswap.prepared/1'

/** Side of the square in sizes of the face, and pixels on a side at most: room for the trainer's jitter. */
export const MARGIN = 1.6
export const LARGEST = 288

/**
 * One line of `index.jsonl`. The picture is `bytes` bytes from `offset` of `<shard>.jpg.bin`; the mesh is the
 * `row`-th of `<shard>.points.bin` (468 × x, y as little-endian uint16, value × 2 / 65535 − 0.5 in units of the crop).
 */
export interface CropRow {
  readonly version: typeof PREPARED
  readonly shard: string
  readonly row: number
  readonly offset: number
  readonly bytes: number
  readonly size: number
  readonly margin: number
  readonly source: string
  readonly path: string
  readonly video: string
  /** Who it was before any swap, or the video where nobody knows. */
  readonly identity: string
  readonly identities: readonly string[]
  readonly split: Split
  readonly label: Label
  readonly family: Family | null
  readonly method: string | null
  readonly compression: string | null
  readonly seconds: number
  readonly quality: {
    /** Side of the crop in pixels of the frame. */
    readonly side: number
    /** Probability that the mesh sees a face. */
    readonly presence: number
    readonly detectionScore: number
  }
  /** Of the media that it came from: what a shortcut could be learnt from. */
  readonly media: {
    readonly width: number
    readonly height: number
    readonly bytes: number
    readonly durationSeconds: number | null
  }
  /** Perceptual hash of the crop, 64 hexadecimal digits. */
  readonly hash: string
}

/** An item that gave no crop, and why. */
export interface Failure {
  readonly path: string
  readonly code: string
  readonly message: string
}
