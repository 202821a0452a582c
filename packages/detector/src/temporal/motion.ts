import type { Mesh } from '../faces/face.ts'

/**
 * How far a mesh is from being a moved, turned and scaled copy of another: root mean square distance of their
 * points after the best similarity alignment (Procrustes), as a share of the face's size.
 */
export function shapeResidual(before: Mesh, after: Mesh): number {
  const { left, count, extent } = alignMeshes(before, after)
  return Math.sqrt(left / count) / extent
}

/** The same as a share of the points' own spread, which does not depend on how the face is turned. */
export function shapeChange(before: Mesh, after: Mesh): number {
  const { left, other } = alignMeshes(before, after)
  return Math.sqrt(left / Math.max(other, Number.MIN_VALUE))
}

/** Squared distances: those that the best move, turn and scale leaves, and those of `after`'s points from their middle. */
function alignMeshes(before: Mesh, after: Mesh) {
  const [a, b] = [before.points, after.points]
  const [from, to] = [middleOf(a), middleOf(b)]
  let [dot, cross, own, other] = [0, 0, 0, 0]
  for (let i = 0; i < b.length; i += 3) {
    const ax = a[i]! - from.x
    const ay = a[i + 1]! - from.y
    const bx = b[i]! - to.x
    const by = b[i + 1]! - to.y
    dot += ax * bx + ay * by
    cross += ax * by - ay * bx
    own += ax * ax + ay * ay
    other += bx * bx + by * by
  }
  // the best rotation and scale as one complex number leave |b|² − |⟨a, b⟩|² / |a|²
  const left = Math.max(0, other - (dot * dot + cross * cross) / own)
  return { left, other, count: b.length / 3, extent: to.extent }
}

/** Mean of the points, and the longer side of their bounding box. */
function middleOf(points: Float32Array): { x: number; y: number; extent: number } {
  let [x, y] = [0, 0]
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity]
  for (let i = 0; i < points.length; i += 3) {
    const px = points[i]!
    const py = points[i + 1]!
    x += px
    y += py
    if (px < left) left = px
    if (px > right) right = px
    if (py < top) top = py
    if (py > bottom) bottom = py
  }
  const count = points.length / 3
  return { x: x / count, y: y / count, extent: Math.max(right - left, bottom - top, Number.MIN_VALUE) }
}

type Colours = Readonly<Record<'inside' | 'surround', readonly [number, number, number]>>

/**
 * How differently the inside of a face and its surround change colour between two frames: length of the difference
 * of both changes in RGB, 0..255. Light and exposure move both alike.
 */
export function colourDrift(before: Colours, after: Colours): number {
  const change = (part: keyof Colours, channel: number) => after[part][channel]! - before[part][channel]!
  return (
    255 * Math.hypot(...[0, 1, 2].map((channel) => change('inside', channel) - change('surround', channel)))
  )
}
