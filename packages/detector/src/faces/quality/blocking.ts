import type { CropTransform } from '@unswap/contract'
import type { Picture } from '../../media/frame.ts'

const BLOCK = 8
/** Longest side of the part of the picture that is measured. */
const MOST = 256
/** Steps of luma count up to this: larger ones are edges of things. */
const EDGE = 24
/** Mean step (0..255) below which a surface is smooth; it keeps flat pictures from dividing by nothing. */
const SMOOTH = 0.5

/**
 * Strength of the 8×8 block edges that strong compression leaves: the mean step of luma across the most stepped of the
 * eight possible grids, over that of the others, averaged over both directions; 1 is none. Measured in the picture's own
 * pixels around the face, as resampling hides the grid (after Wang, Bovik and Evans 2000, made robust to edges).
 */
export function blockingOf(picture: Picture, { centre, side }: CropTransform): number {
  const half = Math.min(side, MOST) / 2
  const left = Math.max(0, Math.floor(centre[0] - half))
  const top = Math.max(0, Math.floor(centre[1] - half))
  const right = Math.min(picture.width, Math.ceil(centre[0] + half))
  const bottom = Math.min(picture.height, Math.ceil(centre[1] + half))
  if (right - left < 3 * BLOCK || bottom - top < 3 * BLOCK) return 1
  const across = steps(picture, left, top, right - left, bottom - top, 3, 3 * picture.width)
  const down = steps(picture, top, left, bottom - top, right - left, 3 * picture.width, 3)
  return (across + down) / 2
}

/** Ratio of the strongest grid's steps to the median grid's, along the axis of `stride`. */
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
      sums[phase]! += Math.min(EDGE, step)
      counts[phase]!++
    }
  }
  const means = Array.from(sums, (sum, phase) => sum / Math.max(1, counts[phase]!) + SMOOTH).sort(
    (a, b) => a - b,
  )
  return means[BLOCK - 1]! / ((means[3]! + means[4]!) / 2)
}
