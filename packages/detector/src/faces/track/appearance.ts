import { frameMesh } from '../align.ts'
import type { FaceCrop, Mesh } from '../face.ts'

/** Cells on a side of the pattern and of the colours, and the side of what they cover in sizes of the face. */
const PATTERN = 16
const COLOURS = 4
const COVERS = 1.25
/** Difference of colours (root mean square over cells, log-chromaticity) at which similarity has fallen to 1/e. */
const COLOUR_SCALE = 0.35

/** Features of an aligned face, small enough to keep per track. No network recognises people. */
export interface Appearance {
  /** Luma without its mean and slope, unit length. */
  readonly pattern: Float32Array
  /** Per cell log(r/g) and log(b/g). */
  readonly colours: Float32Array
}

export function appearanceOf(crop: FaceCrop, mesh: Mesh): Appearance {
  const side = (frameMesh(mesh).side * COVERS * crop.size) / crop.transform.side
  const fine = cellMeans(crop, Math.min(side, crop.size), PATTERN)
  const coarse = cellMeans(crop, Math.min(side, crop.size), COLOURS)
  const pattern = new Float32Array(PATTERN * PATTERN)
  for (let i = 0; i < pattern.length; i++) {
    pattern[i] = Math.sqrt(0.299 * fine[3 * i]! + 0.587 * fine[3 * i + 1]! + 0.114 * fine[3 * i + 2]!)
  }
  const colours = new Float32Array(2 * COLOURS * COLOURS)
  for (let i = 0; i < COLOURS * COLOURS; i++) {
    const [r, g, b] = [0, 1, 2].map((c) => Math.log(coarse[3 * i + c]! + 0.04)) as [number, number, number]
    colours[2 * i] = r - g
    colours[2 * i + 1] = b - g
  }
  return { pattern: normalise(pattern), colours }
}

/** Similarity of two faces, −1..1: the mean of the correlation of their patterns and the closeness of their colours. */
export function similarity(a: Appearance, b: Appearance): number {
  let correlation = 0
  for (let i = 0; i < a.pattern.length; i++) correlation += a.pattern[i]! * b.pattern[i]!
  let squares = 0
  for (let i = 0; i < a.colours.length; i++) squares += (a.colours[i]! - b.colours[i]!) ** 2
  const closeness = Math.exp(-Math.sqrt(squares / a.colours.length) / COLOUR_SCALE)
  return (correlation + closeness) / 2
}

/** Moves `old` towards `now` by `share` (0..1), so that a track's appearance follows slow changes. */
export function blend(old: Appearance, now: Appearance, share: number): Appearance {
  const mix = (a: Float32Array, b: Float32Array) => a.map((value, i) => value * (1 - share) + b[i]! * share)
  return { pattern: unit(mix(old.pattern, now.pattern)), colours: mix(old.colours, now.colours) }
}

/** Mean RGB of cells × cells cells over the middle of the crop. */
function cellMeans({ size, pixels }: FaceCrop, side: number, cells: number): Float32Array {
  const means = new Float32Array(3 * cells * cells)
  const start = (size - side) / 2
  const edge = (cell: number) => Math.round(start + (cell * side) / cells)
  for (let v = 0; v < cells; v++) {
    for (let u = 0; u < cells; u++) {
      const [left, right, top, bottom] = [edge(u), edge(u + 1), edge(v), edge(v + 1)]
      const count = Math.max(1, (right - left) * (bottom - top))
      for (let c = 0; c < 3; c++) {
        let sum = 0
        for (let y = top; y < bottom; y++) {
          const row = (c * size + y) * size
          for (let x = left; x < right; x++) sum += pixels[row + x]!
        }
        means[3 * (v * cells + u) + c] = sum / count
      }
    }
  }
  return means
}

/** Subtracts the mean and the best-fitting plane, which come from the light, and scales to unit length. */
function normalise(values: Float32Array): Float32Array {
  const middle = (PATTERN - 1) / 2
  let [mean, alongX, alongY, norm] = [0, 0, 0, 0]
  values.forEach((value, i) => {
    const [x, y] = [(i % PATTERN) - middle, Math.floor(i / PATTERN) - middle]
    mean += value / values.length
    alongX += value * x
    alongY += value * y
    norm += x * x
  })
  return unit(
    values.map((value, i) => {
      const [x, y] = [(i % PATTERN) - middle, Math.floor(i / PATTERN) - middle]
      return value - mean - (alongX * x + alongY * y) / norm
    }),
  )
}

function unit(values: Float32Array): Float32Array {
  const length = Math.hypot(...values) || 1
  return values.map((value) => value / length)
}
