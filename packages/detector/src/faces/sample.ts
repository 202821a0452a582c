import type { CropTransform } from '@unswap/contract'
import type { Picture } from '../media/frame.ts'
import { pyramidOf } from './pyramid.ts'

/** How samples are stored: `value × scale + offset`, value 0..255; outside the picture the value is 0. */
export interface Range {
  readonly scale: number
  readonly offset: number
  /** One tap per pixel whatever the size: a quarter of the work for networks that do not mind some aliasing. */
  readonly quick?: boolean
}

/** Where the samples lie: the result's top left corner is at `origin`; a step right moves by `step`, down by that turned 90°. */
interface Grid {
  readonly origin: readonly [number, number]
  readonly step: readonly [number, number]
  readonly size: number
}

/** Largest offset of a tap, in pixels, that still counts as none. */
const NEGLIGIBLE = 0.02

/**
 * Samples a turned square of a picture into size × size pixels: planar RGB (3 × size × size), written to `out` from `at`.
 * The square is given by its centre and side in pixels of the picture, and its roll.
 *
 * Bilinear. When the square shrinks, the picture is first halved as often as it can be, then four taps per pixel,
 * spread so that their variance is that of the remaining box filter, keep fine texture from aliasing. At equal
 * size, an upright square on whole pixels is copied exactly.
 */
export function sampleSquare(
  picture: Picture,
  square: CropTransform,
  size: number,
  range: Range,
  out: Float32Array = new Float32Array(3 * size * size),
  at = 0,
): Float32Array {
  const scale = square.side / size
  const step = [Math.cos(square.roll) * scale, Math.sin(square.roll) * scale] as const
  const half = size / 2
  const origin = [
    square.centre[0] - half * (step[0] - step[1]),
    square.centre[1] - half * (step[0] + step[1]),
  ] as const
  sampleGrid(picture, { origin, step, size }, range, out, at)
  return out
}

function sampleGrid(picture: Picture, grid: Grid, range: Range, out: Float32Array, at: number): void {
  const scale = Math.hypot(...grid.step)
  const level = Math.max(0, Math.floor(Math.log2(scale) + 1e-9))
  const source = pyramidOf(picture).level(level)
  const { width, height, data } = source
  const shrink = 1 / 2 ** level
  const ux = grid.step[0] * shrink
  const uy = grid.step[1] * shrink
  // from here on in pixels of the level, whose centres are whole numbers
  const x0 = grid.origin[0] * shrink - 0.5 + (ux - uy) / 2
  const y0 = grid.origin[1] * shrink - 0.5 + (uy + ux) / 2
  const rest = scale * shrink
  const spread = range.quick ? 0 : Math.sqrt(Math.max(0, (rest * rest - 1) / 12))
  const taps = tapsOf(spread, ux / rest, uy / rest)
  const plane = grid.size * grid.size
  const gain = range.scale / (taps.length / 2)
  const lastX = width - 1
  const lastY = height - 1
  const edge = new Float64Array(3)
  for (let j = 0, to = at; j < grid.size; j++) {
    for (let i = 0; i < grid.size; i++, to++) {
      let r = 0
      let g = 0
      let b = 0
      for (let tap = 0; tap < taps.length; tap += 2) {
        const x = x0 + i * ux - j * uy + taps[tap]!
        const y = y0 + i * uy + j * ux + taps[tap + 1]!
        if (x >= 0 && y >= 0 && x < lastX && y < lastY) {
          const ix = x | 0
          const iy = y | 0
          const fx = x - ix
          const fy = y - iy
          const p = (iy * width + ix) * 3
          const q = p + width * 3
          const pq = fx * fy
          const a = 1 - fx - fy + pq
          const c = fx - pq
          const d = fy - pq
          r += data[p]! * a + data[p + 3]! * c + data[q]! * d + data[q + 3]! * pq
          g += data[p + 1]! * a + data[p + 4]! * c + data[q + 1]! * d + data[q + 4]! * pq
          b += data[p + 2]! * a + data[p + 5]! * c + data[q + 2]! * d + data[q + 5]! * pq
        } else if (x > -1 && y > -1 && x < width && y < height) {
          sampleAtEdge(source, x, y, edge)
          r += edge[0]!
          g += edge[1]!
          b += edge[2]!
        }
      }
      out[to] = r * gain + range.offset
      out[to + plane] = g * gain + range.offset
      out[to + 2 * plane] = b * gain + range.offset
    }
  }
}

/** Offsets of the taps, x and y in turn: one at the middle, or four at ±spread along both turned axes. */
function tapsOf(spread: number, cos: number, sin: number): Float64Array {
  if (spread < NEGLIGIBLE) return new Float64Array(2)
  const [a, b] = [spread * (cos - sin), spread * (cos + sin)]
  return new Float64Array([-a, -b, b, -a, -b, a, a, b])
}

/** One bilinear sample where some of the four pixels are outside, and so black. */
function sampleAtEdge({ width, height, data }: Picture, x: number, y: number, colour: Float64Array): void {
  const ix = Math.floor(x)
  const iy = Math.floor(y)
  colour.fill(0)
  for (let dy = 0; dy < 2; dy++) {
    const row = iy + dy
    if (row < 0 || row >= height) continue
    const wy = dy ? y - iy : 1 - y + iy
    for (let dx = 0; dx < 2; dx++) {
      const column = ix + dx
      if (column < 0 || column >= width) continue
      const weight = wy * (dx ? x - ix : 1 - x + ix)
      const from = (row * width + column) * 3
      for (let c = 0; c < 3; c++) colour[c]! += data[from + c]! * weight
    }
  }
}
