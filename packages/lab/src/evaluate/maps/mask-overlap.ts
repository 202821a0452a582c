import type { CropTransform } from '@unswap/contract'

/** One channel of a picture, 0..255. */
export interface Mask {
  readonly width: number
  readonly height: number
  readonly data: Uint8Array
}

/** Samples of the mask in each cell, per axis. */
const TAPS = 8

/**
 * The true mask as the manipulation map should show it: its mean over each of size × size cells of the crop, 0..1.
 * Outside the picture the mask is 0.
 */
export function maskInCrop(mask: Mask, crop: CropTransform, size: number): Float32Array {
  const [cos, sin] = [Math.cos(crop.roll), Math.sin(crop.roll)]
  const cells = new Float32Array(size * size)
  for (let i = 0; i < (size * TAPS) ** 2; i++) {
    const [column, row] = [i % (size * TAPS), Math.floor(i / (size * TAPS))]
    const u = ((column + 0.5) / (size * TAPS) - 0.5) * crop.side
    const v = ((row + 0.5) / (size * TAPS) - 0.5) * crop.side
    const x = Math.floor(crop.centre[0] + cos * u - sin * v)
    const y = Math.floor(crop.centre[1] + sin * u + cos * v)
    if (x < 0 || y < 0 || x >= mask.width || y >= mask.height) continue
    const cell = Math.floor(row / TAPS) * size + Math.floor(column / TAPS)
    cells[cell]! += mask.data[y * mask.width + x]! / (255 * TAPS ** 2)
  }
  return cells
}

/**
 * Intersection over union of what both call manipulated (0.5 and above). Two empty maps agree: 1.
 * @param map probabilities, cell by cell @param truth the mask in the same cells
 */
export function overlap(map: ArrayLike<number>, truth: ArrayLike<number>, threshold = 0.5): number {
  let [both, either] = [0, 0]
  for (let i = 0; i < truth.length; i++) {
    const [said, is] = [map[i]! >= threshold, truth[i]! >= 0.5]
    if (said && is) both++
    if (said || is) either++
  }
  return either === 0 ? 1 : both / either
}
