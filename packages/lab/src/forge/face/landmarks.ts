import type { Mesh } from '@unswap/detector'

/** Outline of the face in MediaPipe's 468-point mesh, in order around it. */
const OVAL = [
  10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149,
  150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
] as const

/** Closed outlines by mesh index: which part of the face a forgery replaces. */
export const REGIONS = {
  oval: OVAL,
  /** From the middle of the forehead down, so that hair and hats stay. */
  face: [
    162, 71, 68, 104, 69, 108, 151, 337, 299, 333, 298, 301, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378,
    400, 377, 152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127,
  ],
  below_brows: [
    70, 63, 105, 66, 107, 336, 296, 334, 293, 300, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152,
    148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127,
  ],
  inner: [107, 336, 300, 383, 345, 411, 432, 430, 369, 175, 140, 210, 212, 187, 116, 156, 70],
  lower: [
    6, 351, 280, 352, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150, 136, 172, 58, 132, 123,
    50, 122,
  ],
} as const satisfies Record<string, readonly number[]>
export type Region = keyof typeof REGIONS

/** Outer then inner edge of the lips. */
export const LIPS = [
  61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185, 78, 95, 88, 178,
  87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191,
] as const

export const MOUTH = { left: 61, right: 291, bottom: 17, chin: 152 } as const

/** How far beyond the outline the warp reaches, so that a soft edge still has pixels to take. */
const RING = 1.18

/** Points as x0, y0, x1, y1, …: the mesh's 468, then a ring around its outline. */
export type Points = Float64Array

/** The mesh in the plane, with its ring. @param mesh 468 × (x, y, z) in pixels of the picture. */
export function pointsOf(mesh: Mesh): Points {
  const count = mesh.points.length / 3
  const points = new Float64Array(2 * (count + OVAL.length))
  for (let i = 0; i < count; i++) {
    points[2 * i] = mesh.points[3 * i]!
    points[2 * i + 1] = mesh.points[3 * i + 1]!
  }
  const [cx, cy] = centreOf(points)
  OVAL.forEach((index, i) => {
    points[2 * (count + i)] = cx + RING * (points[2 * index]! - cx)
    points[2 * (count + i) + 1] = cy + RING * (points[2 * index + 1]! - cy)
  })
  return points
}

/** Mean of the outline. */
export function centreOf(points: Points): [number, number] {
  let x = 0
  let y = 0
  for (const index of OVAL) {
    x += points[2 * index]!
    y += points[2 * index + 1]!
  }
  return [x / OVAL.length, y / OVAL.length]
}

/** Size of a face in pixels: root of the area inside its outline, which changes little with roll. */
export function faceSize(points: Points): number {
  let area = 0
  OVAL.forEach((a, i) => {
    const b = OVAL[(i + 1) % OVAL.length]!
    area += points[2 * a]! * points[2 * b + 1]! - points[2 * b]! * points[2 * a + 1]!
  })
  return Math.sqrt(Math.abs(area) / 2)
}

/** Each point moved by `move(x, y)`. */
export function movePoints(points: Points, move: (x: number, y: number) => [number, number]): Points {
  const moved = new Float64Array(points.length)
  for (let i = 0; i < points.length; i += 2) {
    const [x, y] = move(points[i]!, points[i + 1]!)
    moved[i] = x
    moved[i + 1] = y
  }
  return moved
}
