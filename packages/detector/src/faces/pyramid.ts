import type { Picture } from '../media/frame.ts'

/** A picture and its halvings: level k is 2^k times smaller, each pixel the mean of those that it covers. */
export interface Pyramid {
  level(k: number): Picture
}

const known = new WeakMap<Picture, Pyramid>()

/** The pyramid of a picture, whose pixels must not change afterwards; levels are made when first asked for. */
export function pyramidOf(picture: Picture): Pyramid {
  let pyramid = known.get(picture)
  if (!pyramid) {
    pyramid = createPyramid(picture)
    known.set(picture, pyramid)
  }
  return pyramid
}

function createPyramid(picture: Picture): Pyramid {
  const smaller: Picture[] = []
  return {
    level(k) {
      while (smaller.length < k) smaller.push(halve(smaller.at(-1) ?? picture))
      return k === 0 ? picture : smaller[k - 1]!
    },
  }
}

/** Means of 2×2 pixels; an odd last row or column counts twice. */
function halve(picture: Picture): Picture {
  const { width, height, data } = picture
  const aligned = width % 4 === 0 && height % 2 === 0 && data.byteOffset % 4 === 0
  return LITTLE_ENDIAN && aligned ? halveWords(picture) : halveBytes(picture)
}

const LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1

function halveBytes({ width, height, data }: Picture): Picture {
  const w = (width + 1) >> 1
  const h = (height + 1) >> 1
  const out = new Uint8Array(w * h * 3)
  for (let y = 0, to = 0; y < h; y++) {
    const above = 2 * y * width * 3
    const below = Math.min(2 * y + 1, height - 1) * width * 3
    for (let x = 0; x < w; x++, to += 3) {
      const left = 6 * x
      const right = Math.min(2 * x + 1, width - 1) * 3
      for (let c = 0; c < 3; c++) {
        const sum =
          data[above + left + c]! +
          data[above + right + c]! +
          data[below + left + c]! +
          data[below + right + c]!
        out[to + c] = (sum + 2) >> 2
      }
    }
  }
  return { width: w, height: h, data: out }
}

/** Every other byte of a word, so that two sums of bytes fit in it side by side. */
const BYTES = 0xff00ff
const LOW = 0xffff

/** The same in half the time: four pixels, which are three words (RGBR GBRG BRGB), at once. */
function halveWords({ width, height, data }: Picture): Picture {
  const out = new Uint8Array((width / 2) * (height / 2) * 3)
  const words = new Uint32Array(data.buffer, data.byteOffset, data.length / 4)
  const row = (3 * width) / 4
  for (let above = 0, to = 0; above < words.length; above += row) {
    for (const end = above + row; above < end; above += 3, to += 6) {
      const below = above + row
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
  return { width: width / 2, height: height / 2, data: out }
}
