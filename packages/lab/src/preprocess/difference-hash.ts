import type { Picture } from '@unswap/detector'

const SIDE = 16
/** Steps of grey that an even background may have without its noise deciding bits. */
const FLAT = 3

/** Luma of ITU-R BT.709, out of 1. */
const [RED, GREEN, BLUE] = [0.2126, 0.7152, 0.0722]

/**
 * Difference hash of a picture (N. Krawetz 2013): is each of 16 × 16 cells brighter than its right neighbour; 256 bits
 * as hexadecimal. Compression and scale change few of them.
 * @param picture At least 17 × 16 pixels.
 */
export function differenceHash(picture: Picture): string {
  const grey = cellsOf(picture)
  let hex = ''
  for (let row = 0; row < SIDE; row++) {
    let bits = 0
    for (let x = 0; x < SIDE; x++) {
      const at = row * (SIDE + 1) + x
      bits = 2 * bits + (grey[at]! > grey[at + 1]! + FLAT ? 1 : 0)
    }
    hex += bits.toString(16).padStart(SIDE / 4, '0')
  }
  return hex
}

/** Mean luma, 0..255, of 17 cells by 16; each pixel counts in one cell. */
function cellsOf({ width, height, data }: Picture): Float64Array {
  const columns = SIDE + 1
  const cells = new Float64Array(columns * SIDE)
  const counts = new Uint32Array(columns * SIDE)
  for (let y = 0, at = 0; y < height; y++) {
    const row = columns * Math.floor((y * SIDE) / height)
    for (let x = 0; x < width; x++, at += 3) {
      const cell = row + Math.floor((x * columns) / width)
      cells[cell]! += RED * data[at]! + GREEN * data[at + 1]! + BLUE * data[at + 2]!
      counts[cell]!++
    }
  }
  return cells.map((sum, cell) => sum / counts[cell]!)
}

/** A hash as numbers, for many comparisons. */
export const wordsOf = (hash: string): Uint32Array =>
  Uint32Array.from({ length: hash.length / 8 }, (_, i) => Number.parseInt(hash.slice(8 * i, 8 * i + 8), 16))

/** Number of bits in which two hashes differ. Counting stops above `most`. */
export function hammingDistance(a: Uint32Array, b: Uint32Array, most = Infinity): number {
  let distance = 0
  for (let i = 0; i < a.length; i++) {
    let bits = a[i]! ^ b[i]!
    bits -= (bits >>> 1) & 0x55555555
    bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333)
    distance += Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
    if (distance > most) break
  }
  return distance
}
