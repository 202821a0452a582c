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
function halve({ width, height, data }: Picture): Picture {
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
