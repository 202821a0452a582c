import type { Picture } from '../media/frame.ts'

/** A picture and its halvings: level k is 2^k times smaller, each pixel the mean of those that it covers. */
export interface Pyramid {
  /** Level `k`. Its rows from `first` until before `end` are computed; others may not be. */
  level(k: number, first?: number, end?: number): Picture
}

const known = new WeakMap<Picture, Pyramid>()

/** The pyramid of a picture, whose pixels must not change afterwards. Rows are computed on demand. */
export function pyramidOf(picture: Picture): Pyramid {
  let pyramid = known.get(picture)
  if (!pyramid) {
    pyramid = createPyramid(picture)
    known.set(picture, pyramid)
  }
  return pyramid
}

/** A level above the picture, and which of its rows are computed. */
interface Level {
  readonly picture: Picture
  readonly computed: Uint8Array
}

function createPyramid(picture: Picture): Pyramid {
  const smaller: Level[] = []
  const level = (k: number, first = 0, end = Number.POSITIVE_INFINITY): Picture => {
    if (k === 0) return picture
    const source = level(k - 1, 2 * first, 2 * end)
    smaller[k - 1] ??= emptyLevel(source)
    const { picture: halved, computed } = smaller[k - 1]!
    for (let y = Math.max(0, first); y < Math.min(end, halved.height); y++) {
      if (computed[y]) continue
      halveRow(source, halved, y)
      computed[y] = 1
    }
    return halved
  }
  return { level }
}

function emptyLevel({ width, height }: Picture): Level {
  const [w, h] = [(width + 1) >> 1, (height + 1) >> 1]
  return { picture: { width: w, height: h, data: new Uint8Array(w * h * 3) }, computed: new Uint8Array(h) }
}

/** Means of 2×2 pixels; an odd last row or column counts twice. */
function halveRow(source: Picture, halved: Picture, y: number): void {
  const { width, height, data } = source
  const aligned = width % 4 === 0 && 2 * y + 1 < height && data.byteOffset % 4 === 0
  if (LITTLE_ENDIAN && aligned) halveWords(source, halved, y)
  else halveBytes(source, halved, y)
}

const LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1

function halveBytes({ width, height, data }: Picture, halved: Picture, y: number): void {
  const above = 2 * y * width * 3
  const below = Math.min(2 * y + 1, height - 1) * width * 3
  for (let x = 0, to = y * halved.width * 3; x < halved.width; x++, to += 3) {
    const left = 6 * x
    const right = Math.min(2 * x + 1, width - 1) * 3
    for (let c = 0; c < 3; c++) {
      const sum =
        data[above + left + c]! +
        data[above + right + c]! +
        data[below + left + c]! +
        data[below + right + c]!
      halved.data[to + c] = (sum + 2) >> 2
    }
  }
}

/** Mask of every other byte of a word, so that two sums of bytes fit in it side by side. */
const BYTES = 0xff00ff
const LOW = 0xffff

/** The same in half the time: four pixels at once, which are three words (RGBR GBRG BRGB). */
function halveWords({ width, data }: Picture, { data: out }: Picture, y: number): void {
  const row = (3 * width) / 4
  const words = new Uint32Array(data.buffer, data.byteOffset + 8 * y * row, 2 * row)
  for (let above = 0, below = row, to = 2 * y * row; above < row; above += 3, below += 3, to += 6) {
    const a = words[above]!
    const b = words[above + 1]!
    const c = words[above + 2]!
    const d = words[below]!
    const e = words[below + 1]!
    const f = words[below + 2]!
    const rb = (a & BYTES) + (d & BYTES)
    const gr = ((a >>> 8) & BYTES) + ((d >>> 8) & BYTES)
    const gr2 = (b & BYTES) + (e & BYTES)
    const bg = ((b >>> 8) & BYTES) + ((e >>> 8) & BYTES)
    const bg2 = (c & BYTES) + (f & BYTES)
    const rb2 = ((c >>> 8) & BYTES) + ((f >>> 8) & BYTES)
    out[to] = ((rb & LOW) + (gr >>> 16) + 2) >> 2
    out[to + 1] = ((gr & LOW) + (gr2 & LOW) + 2) >> 2
    out[to + 2] = ((rb >>> 16) + (bg & LOW) + 2) >> 2
    out[to + 3] = ((gr2 >>> 16) + (rb2 & LOW) + 2) >> 2
    out[to + 4] = ((bg >>> 16) + (bg2 >>> 16) + 2) >> 2
    out[to + 5] = ((bg2 & LOW) + (rb2 >>> 16) + 2) >> 2
  }
}
