import { rowOf } from './row.ts'
import type { TrackSample } from './track-score.ts'

/** Fewest rows of a window; heads are trained with no fewer. */
const FEWEST_ROWS = 4
/** Most windows that are kept of a track: memory does not grow with the length of a video. */
const MOST_WINDOWS = 16

/** Rows one after the other, frames × width. */
export interface Window {
  readonly frames: number
  readonly rows: Float32Array
}

/** A track's usable samples as rows for the temporal head of one classifier. */
export interface Sequence {
  add(sample: TrackSample): void
  /** Windows of neighbouring samples, each with at least four; none when there are fewer. */
  windows(): readonly Window[]
}

/**
 * Cuts a track into windows of neighbours. Once there are 16, every second one is dropped, and from then on every second
 * new one is skipped; so again at the next 16. What is kept stays spread over the whole video.
 * @param model index of the classifier in `sample.score`
 * @param frames most rows of a window
 */
export function createSequence(model: number, frames: number): Sequence {
  let full: Window[] = []
  let rows: Float32Array[] = []
  let before: TrackSample | null = null
  let [number, every] = [0, 1]

  function endWindow(): void {
    if (number % every === 0) full.push(join(rows))
    number++
    rows = []
    before = null
    if (full.length < MOST_WINDOWS) return
    full = full.filter((_, i) => i % 2 === 0)
    every *= 2
  }

  return {
    add(sample) {
      rows.push(rowOf(sample, before, model))
      before = sample
      if (rows.length === frames) endWindow()
    },
    windows: () => (rows.length >= FEWEST_ROWS && number % every === 0 ? [...full, join(rows)] : full),
  }
}

function join(rows: readonly Float32Array[]): Window {
  const width = rows[0]!.length
  const joined = new Float32Array(rows.length * width)
  rows.forEach((row, i) => {
    joined.set(row, i * width)
  })
  return { frames: rows.length, rows: joined }
}
