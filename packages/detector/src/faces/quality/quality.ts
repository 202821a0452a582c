import type { Quality, ReasonCode } from '@unswap/contract'
import type { Picture } from '../../media/frame.ts'
import type { FaceCrop, LocatedFace } from '../face.ts'
import { SMALLEST_SIDE } from '../reference-crop.ts'
import { REGIONS, regionGrid } from '../regions.ts'
import { blockingOf } from './blocking.ts'
import { occludedShare } from './occlusion.ts'
import { poseOf } from './pose.ts'

/** Cells on a side of the grid of regions that tells the face from its surround. */
const CELLS = 28
const SURROUND = REGIONS.indexOf('surround')

/** Limits beyond which a face is not judged. docs/faces.md says how each was measured. */
const LIMITS = {
  side: SMALLEST_SIDE,
  detail: 0.086,
  dark: 30,
  bright: 232,
  clipped: 0.3,
  yaw: 60,
  pitch: 45,
  covered: 0.3,
  outside: 0.15,
  blocking: 2,
} as const

/** Variance of the Laplacian that comes from rounding to 8 bits alone. */
const ROUNDING = 0.4
/** Luma, 0..255, at or below and above which a pixel counts as clipped. */
const CLIPPED = [3, 252] as const

/**
 * Measures how well a face can be judged, on its reference crop; `reasons` names the limits that it fails. The limits are
 * fair to every colour of skin: a face counts as dark only where no camera leaves detail.
 */
export function assessQuality(picture: Picture, face: LocatedFace, crop: FaceCrop): Quality {
  const regions = regionGrid(face.mesh, crop.transform, CELLS)
  const inside = regions.map((region) => (region === SURROUND ? 0 : 1))
  const luma = lumaOf(crop)
  const within = pixelsOf(inside, crop.size)
  const { sharpness, detail } = sharpnessOf(crop, luma, within)
  const { brightness, clipped } = exposureOf(luma, within)
  const measured = {
    side: crop.transform.side,
    sharpness,
    brightness,
    clipped,
    ...poseOf(face.mesh),
    covered: occludedShare(crop, regions, CELLS),
    outside: outsideOf(picture, crop, inside),
    blocking: blockingOf(picture, crop.transform),
  }
  return { ...measured, reasons: reasonsOf(measured, detail) }
}

/** @param detail as `sharpnessOf` gives it */
function reasonsOf(quality: Omit<Quality, 'reasons'>, detail: number): ReasonCode[] {
  const failed: [boolean, ReasonCode][] = [
    [quality.side < LIMITS.side, 'face_too_small'],
    [quality.brightness < LIMITS.dark, 'face_dark'],
    [
      quality.brightness > LIMITS.bright || (quality.clipped > LIMITS.clipped && quality.brightness > 128),
      'face_overexposed',
    ],
    [detail < LIMITS.detail, 'face_blurred'],
    [Math.abs(quality.yaw) > LIMITS.yaw || Math.abs(quality.pitch) > LIMITS.pitch, 'face_turned'],
    [quality.covered > LIMITS.covered, 'face_covered'],
    [quality.outside > LIMITS.outside, 'face_cut_off'],
    [quality.blocking > LIMITS.blocking, 'strong_compression'],
  ]
  return failed.flatMap(([fails, code]) => (fails ? [code] : []))
}

/** Rec. 601 luma of the crop, 0..255. */
function lumaOf({ size, pixels }: FaceCrop): Float32Array {
  const area = size * size
  const luma = new Float32Array(area)
  for (let i = 0; i < area; i++) {
    luma[i] = 255 * (0.299 * pixels[i]! + 0.587 * pixels[i + area]! + 0.114 * pixels[i + 2 * area]!)
  }
  return luma
}

/** Mean luma of the face, 0..255, and the share of its pixels that are clipped. */
function exposureOf(luma: Float32Array, within: Int32Array) {
  let [sum, extreme] = [0, 0]
  for (const at of within) {
    const value = luma[at]!
    sum += value
    if (value <= CLIPPED[0] || value >= CLIPPED[1]) extreme++
  }
  const count = Math.max(1, within.length)
  return { brightness: sum / count, clipped: extreme / count }
}

/**
 * `sharpness` is the standard deviation of the Laplacian of luma over the face (after Pech-Pacheco et al. 2000). Its step
 * is one pixel of the picture or of the crop, whichever is larger, so that enlarging a small face does not blur it.
 *
 * Contrast and light change `sharpness` as much as blur does. They do not change `detail`, its ratio to the same measure
 * at four times the step. A surface without any detail has 1/16.
 */
function sharpnessOf({ size, transform }: FaceCrop, luma: Float32Array, within: Int32Array) {
  const step = Math.max(1, Math.round(size / transform.side))
  const sharpness = laplacianSpread(luma, size, step, within)
  const fine = Math.sqrt(Math.max(0, sharpness ** 2 - ROUNDING))
  return { sharpness, detail: fine / (laplacianSpread(luma, size, 4 * step, within) + 1e-3) }
}

function laplacianSpread(luma: Float32Array, size: number, step: number, within: Int32Array): number {
  const down = step * size
  let [sum, squares, count] = [0, 0, 0]
  for (const at of within) {
    const x = at % size
    if (x < step || x >= size - step || at < down || at >= luma.length - down) continue
    const value = luma[at - step]! + luma[at + step]! + luma[at - down]! + luma[at + down]! - 4 * luma[at]!
    sum += value
    squares += value * value
    count++
  }
  return count ? Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2)) : 0
}

/** Share of the face's cells that lie outside the picture. */
function outsideOf({ width, height }: Picture, { transform }: FaceCrop, inside: Uint8Array): number {
  const [cos, sin] = [Math.cos(transform.roll) * transform.side, Math.sin(transform.roll) * transform.side]
  let [beyond, count] = [0, 0]
  inside.forEach((within, cell) => {
    if (!within) return
    const u = ((cell % CELLS) + 0.5) / CELLS - 0.5
    const v = (Math.floor(cell / CELLS) + 0.5) / CELLS - 0.5
    const x = transform.centre[0] + u * cos - v * sin
    const y = transform.centre[1] + u * sin + v * cos
    count++
    if (x < 0 || y < 0 || x > width || y > height) beyond++
  })
  return count ? beyond / count : 0
}

/** Indices of the crop's pixels in the cells of the face. */
function pixelsOf(inside: Uint8Array, size: number): Int32Array {
  const within = new Int32Array(size * size)
  const cell = Int32Array.from({ length: size }, (_, i) => Math.floor((i * CELLS) / size))
  let count = 0
  for (let y = 0, at = 0; y < size; y++) {
    for (let x = 0; x < size; x++, at++) {
      if (inside[cell[y]! * CELLS + cell[x]!]) within[count++] = at
    }
  }
  return within.subarray(0, count)
}
