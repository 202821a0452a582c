import type { CropTransform } from '@unswap/contract'
import type { Picture } from '../media/frame.ts'
import type { FaceCrop, Mesh } from './face.ts'
import { sampleSquare } from './sample-square.ts'

/** Outer corners of the eyes: the person's right (picture left), then left. */
const RIGHT_EYE = 33
const LEFT_EYE = 263

/** Which crop of a face to sample. */
export interface CropSpec {
  /** Side of the crop in sizes of the face. */
  readonly margin: number
  /** Pixels on a side of the crop. */
  readonly size: number
}

/**
 * The upright square about a mesh. Its roll is the angle of the line between the outer eye corners. In axes rotated by
 * it, the square has the centre of the points' bounding box, and `side` is that box's longer side.
 */
export function frameMesh({ points }: Mesh): CropTransform {
  const roll = Math.atan2(
    points[3 * LEFT_EYE + 1]! - points[3 * RIGHT_EYE + 1]!,
    points[3 * LEFT_EYE]! - points[3 * RIGHT_EYE]!,
  )
  const [cos, sin] = [Math.cos(roll), Math.sin(roll)]
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity]
  for (let i = 0; i < points.length; i += 3) {
    const x = points[i]! * cos + points[i + 1]! * sin
    const y = points[i + 1]! * cos - points[i]! * sin
    left = Math.min(left, x)
    right = Math.max(right, x)
    top = Math.min(top, y)
    bottom = Math.max(bottom, y)
  }
  const [x, y] = [(left + right) / 2, (top + bottom) / 2]
  return {
    centre: [x * cos - y * sin, x * sin + y * cos],
    side: Math.max(right - left, bottom - top, Number.MIN_VALUE),
    roll,
  }
}

/**
 * The aligned crop of a face, RGB 0..1: the square of `frameMesh`, `margin` times larger, level and sampled to
 * size × size pixels. What lies outside the picture is black.
 */
export const alignFace = (picture: Picture, mesh: Mesh, spec: CropSpec): FaceCrop =>
  alignCrops(picture, mesh, [spec])[0]!

/** Crops of one face about the same square, one for each spec. */
export function alignCrops(picture: Picture, mesh: Mesh, specs: readonly CropSpec[]): FaceCrop[] {
  const square = frameMesh(mesh)
  return specs.map(({ margin, size }) => {
    const transform = { ...square, side: square.side * margin }
    const pixels = sampleSquare(picture, transform, size, { scale: 1 / 255, offset: 0 })
    return { margin, size, pixels, transform }
  })
}

/** Whether two specs are of the same crop. */
export const isSameSpec = (a: CropSpec, b: CropSpec): boolean => a.margin === b.margin && a.size === b.size

/** Each spec once, in order of appearance. */
export const distinctSpecs = (specs: readonly CropSpec[]): CropSpec[] =>
  specs.filter((spec, i) => specs.findIndex((other) => isSameSpec(spec, other)) === i)
