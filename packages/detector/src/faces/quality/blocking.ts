import type { CropTransform } from '@unswap/contract'
import { max, median } from 'simple-statistics'
import type { Picture } from '../../media/frame.ts'

/** Side of a block of JPEG and of most video codecs, in pixels. */
const BLOCK = 8
/** Longest side of the measured part of the picture, in pixels. */
const LONGEST_SIDE = 256
/** Steps of luma (0..255) are clipped here: larger ones are edges of objects. */
const LARGEST_STEP = 24
/** Added to the mean steps (0..255), so that a flat picture does not divide by zero. */
const BASE_STEP = 0.5

/**
 * Strength of the 8×8 block edges that strong compression leaves; 1 means none.
 *
 * For each of the eight possible grids it takes the mean step of luma across its lines. The result is the largest mean
 * over the median one, averaged over both directions (after Wang, Bovik and Evans 2000, made robust to edges). It is
 * measured in the picture's own pixels around the face, as resampling hides the grid.
 */
export function blockingOf(picture: Picture, { centre, side }: CropTransform): number {
  const half = Math.min(side, LONGEST_SIDE) / 2
  const left = Math.max(0, Math.floor(centre[0] - half))
  const top = Math.max(0, Math.floor(centre[1] - half))
  const right = Math.min(picture.width, Math.ceil(centre[0] + half))
  const bottom = Math.min(picture.height, Math.ceil(centre[1] + half))
  if (right - left < 3 * BLOCK || bottom - top < 3 * BLOCK) return 1
  const across = steps(picture, left, top, right - left, bottom - top, 3, 3 * picture.width)
  const down = steps(picture, top, left, bottom - top, right - left, 3 * picture.width, 3)
  return (across + down) / 2
}

/** Ratio of the largest to the median mean step of the grids, along the axis of `stride`. */
function steps(
  { data }: Picture,
  start: number,
  startOther: number,
  length: number,
  lines: number,
  stride: number,
  strideOther: number,
): number {
  const sums = new Float64Array(BLOCK)
  const counts = new Float64Array(BLOCK)
  const luma = (at: number) => 0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!
  for (let line = 0; line < lines; line += 2) {
    const at = (startOther + line) * strideOther + start * stride
    let before = luma(at)
    for (let i = 1; i < length; i++) {
      const value = luma(at + i * stride)
      const step = Math.abs(value - before)
      before = value
      const phase = (start + i) % BLOCK
      sums[phase]! += Math.min(LARGEST_STEP, step)
      counts[phase]!++
    }
  }
  const means = Array.from(sums, (sum, phase) => sum / Math.max(1, counts[phase]!) + BASE_STEP)
  return max(means) / median(means)
}
