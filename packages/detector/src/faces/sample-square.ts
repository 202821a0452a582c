import type { CropTransform } from '@unswap/contract'
import type { Picture } from '../media/frame.ts'
import { pyramidOf } from './pyramid.ts'

/** How samples are stored: `value × scale + offset`, value 0..255; outside the picture the value is 0. */
export interface Range {
  readonly scale: number
  readonly offset: number
  /** One tap per pixel at every scale: a quarter of the work, for networks that tolerate some aliasing. */
  readonly quick?: boolean
}

/** Step in pixels along an axis below which a row counts as parallel to the other axis. */
const STILL = 1e-9

/** Where the samples lie: from the top left corner at `origin`, one step right is `step`, one down is `step` rotated by 90°. */
interface Grid {
  readonly origin: readonly [number, number]
  readonly step: readonly [number, number]
  readonly size: number
}

/** Offset of taps in pixels below which one tap is enough. */
const NEGLIGIBLE = 0.02

/**
 * Samples a rotated square of a picture into size × size pixels: planar RGB (3 × size × size), written to `out` from
 * `at`. The square is given by its centre and side in pixels of the picture, and its roll in radians.
 *
 * Sampling is bilinear. When the square shrinks, the picture is first halved as often as possible. Then four taps per
 * pixel, with the variance of the remaining box filter, prevent aliasing. At equal size, an upright square on whole
 * pixels is copied exactly.
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
  const shrink = 1 / 2 ** level
  const ux = grid.step[0] * shrink
  const uy = grid.step[1] * shrink
  // from here on in pixels of the level, with their centres at whole numbers
  const x0 = grid.origin[0] * shrink - 0.5 + (ux - uy) / 2
  const y0 = grid.origin[1] * shrink - 0.5 + (uy + ux) / 2
  const rest = scale * shrink
  const spread = range.quick ? 0 : Math.sqrt(Math.max(0, (rest * rest - 1) / 12))
  const taps = tapsOf(spread, ux / rest, uy / rest)
  const gain = range.scale / (taps.length / 2)
  const reach = 2 * spread
  const ys = [y0, y0 + (grid.size - 1) * uy, y0 + (grid.size - 1) * ux, y0 + (grid.size - 1) * (uy + ux)]
  const source = pyramidOf(picture).level(
    level,
    Math.floor(Math.min(...ys) - reach),
    Math.ceil(Math.max(...ys) + reach) + 2,
  )
  for (let j = 0; j < grid.size; j++) {
    const [x, y] = [x0 - j * uy, y0 + j * ux]
    const row: Row = { x, y, ux, uy, to: at + j * grid.size, plane: grid.size * grid.size, gain, range }
    const [first, end] = insideOf(source, row, grid.size, reach)
    sampleAcross(source, row, taps, 0, first, out)
    sampleInside(source, row, taps, first, end, out)
    sampleAcross(source, row, taps, end, grid.size, out)
  }
}

/** A row of samples: where its first lies, the step to the next, and where they are written. */
interface Row {
  readonly x: number
  readonly y: number
  readonly ux: number
  readonly uy: number
  readonly to: number
  readonly plane: number
  readonly gain: number
  readonly range: Range
}

/** The samples of a row, from the first until before the last, that are at least `reach` inside the picture. */
function insideOf({ width, height }: Picture, row: Row, size: number, reach: number): [number, number] {
  let [first, end] = [0, size]
  for (const [start, step, last] of [
    [row.x, row.ux, width - 1],
    [row.y, row.uy, height - 1],
  ] as const) {
    const [low, high] = [reach, last - reach]
    if (Math.abs(step) < STILL) {
      // the samples may still drift a little over a whole row
      if (start < low + size * STILL || start > high - size * STILL) return [0, 0]
      continue
    }
    const [a, b] = [(low - start) / step, (high - start) / step]
    // one sample less at either end, so that rounding does not matter
    first = Math.max(first, Math.ceil(Math.min(a, b)) + 1)
    end = Math.min(end, Math.floor(Math.max(a, b)) - 1)
  }
  return first < end ? [first, end] : [0, 0]
}

/** Samples of which every tap lies among four pixels of the picture. */
function sampleInside(
  { width, data }: Picture,
  { x: x0, y: y0, ux, uy, to, plane, gain, range: { offset } }: Row,
  taps: Float64Array,
  first: number,
  end: number,
  out: Float32Array,
): void {
  const bytes = new DataView(data.buffer, data.byteOffset, data.byteLength)
  const stride = 3 * width
  for (let i = first; i < end; i++) {
    let r = 0
    let g = 0
    let b = 0
    for (let tap = 0; tap < taps.length; tap += 2) {
      const x = x0 + i * ux + taps[tap]!
      const y = y0 + i * uy + taps[tap + 1]!
      const ix = x | 0
      const iy = y | 0
      const fx = x - ix
      const fy = y - iy
      const p = iy * stride + ix * 3
      const q = p + stride
      const pq = fx * fy
      const a = 1 - fx - fy + pq
      const c = fx - pq
      const d = fy - pq
      // two neighbours are six bytes, read as two words: RGBR, and BRGB from the third on
      const above = bytes.getInt32(p, true)
      const aboveNext = bytes.getInt32(p + 2, true)
      const below = bytes.getInt32(q, true)
      const belowNext = bytes.getInt32(q + 2, true)
      r += (above & 255) * a + (above >>> 24) * c + (below & 255) * d + (below >>> 24) * pq
      g += ((above >> 8) & 255) * a + ((aboveNext >> 16) & 255) * c
      g += ((below >> 8) & 255) * d + ((belowNext >> 16) & 255) * pq
      b += ((above >> 16) & 255) * a + (aboveNext >>> 24) * c
      b += ((below >> 16) & 255) * d + (belowNext >>> 24) * pq
    }
    out[to + i] = r * gain + offset
    out[to + i + plane] = g * gain + offset
    out[to + i + 2 * plane] = b * gain + offset
  }
}

/** Samples at the picture's edge or beyond it. Pixels outside the picture are black. */
function sampleAcross(
  source: Picture,
  row: Row,
  taps: Float64Array,
  first: number,
  end: number,
  out: Float32Array,
) {
  const sum = new Float64Array(3)
  for (let i = first; i < end; i++) {
    sum.fill(0)
    for (let tap = 0; tap < taps.length; tap += 2) {
      addSample(source, row.x + i * row.ux + taps[tap]!, row.y + i * row.uy + taps[tap + 1]!, sum)
    }
    for (let c = 0; c < 3; c++) out[row.to + i + c * row.plane] = sum[c]! * row.gain + row.range.offset
  }
}

/** Offsets of the taps, x and y in turn: one at the middle, or four at ±spread along both turned axes. */
function tapsOf(spread: number, cos: number, sin: number): Float64Array {
  if (spread < NEGLIGIBLE) return new Float64Array(2)
  const [a, b] = [spread * (cos - sin), spread * (cos + sin)]
  return new Float64Array([-a, -b, b, -a, -b, a, a, b])
}

/** Adds one bilinear sample; those of its four pixels that are outside the picture are black. */
function addSample({ width, height, data }: Picture, x: number, y: number, sum: Float64Array): void {
  if (!(x > -1 && y > -1 && x < width && y < height)) return
  const ix = Math.floor(x)
  const iy = Math.floor(y)
  for (let dy = 0; dy < 2; dy++) {
    const row = iy + dy
    if (row < 0 || row >= height) continue
    const wy = dy ? y - iy : 1 - y + iy
    for (let dx = 0; dx < 2; dx++) {
      const column = ix + dx
      if (column < 0 || column >= width) continue
      const weight = wy * (dx ? x - ix : 1 - x + ix)
      const from = (row * width + column) * 3
      for (let c = 0; c < 3; c++) sum[c]! += data[from + c]! * weight
    }
  }
}
