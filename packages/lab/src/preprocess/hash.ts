import type { Sharp } from 'sharp'

const SIDE = 16
/** Steps of grey that an even background may have without its noise deciding bits. */
const FLAT = 3

/**
 * Difference hash of a picture (N. Krawetz 2013): is each of 16 × 16 cells brighter than its right neighbour; 256 bits
 * as hexadecimal. Compression and scale change few of them.
 */
export async function differenceHash(picture: Sharp): Promise<string> {
  const grey = await picture
    .clone()
    .greyscale()
    .resize(SIDE + 1, SIDE, { fit: 'fill', kernel: 'linear', fastShrinkOnLoad: false })
    .raw()
    .toBuffer()
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

/** Number of bits in which two hashes differ. */
export function hammingDistance(a: string, b: string): number {
  let distance = 0
  for (let i = 0; i < a.length; i += 8) {
    let bits = Number.parseInt(a.slice(i, i + 8), 16) ^ Number.parseInt(b.slice(i, i + 8), 16)
    for (; bits !== 0; bits &= bits - 1) distance++
  }
  return distance
}
