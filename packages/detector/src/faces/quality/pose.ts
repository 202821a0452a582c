import { frameMesh } from '../align.ts'
import type { Mesh } from '../face.ts'

/** Points of the mesh at the sides of the face (picture left, right), and at its top and chin. */
const SIDES = [234, 454] as const
const UPRIGHT = [10, 152] as const
/** The mesh is flatter than real faces. Its depth times this gives three-quarter views and profiles their true angle. */
const DEPTH = 1.9
/** Depth from hairline to chin per height, of a face that looks straight ahead. */
const SLOPE = 0.14
const DEGREES = 180 / Math.PI

/**
 * Where a face looks, in degrees: yaw positive to the picture's right, pitch positive down, roll clockwise. Accurate to
 * about 10°, as the depth of the mesh is estimated from one picture.
 */
export function poseOf(mesh: Mesh): { yaw: number; pitch: number; roll: number } {
  const { points } = mesh
  const { roll } = frameMesh(mesh)
  const [cos, sin] = [Math.cos(roll), Math.sin(roll)]
  const along = ([from, to]: readonly [number, number]) => {
    const [dx, dy, dz] = [0, 1, 2].map((k) => points[3 * to + k]! - points[3 * from + k]!) as [
      number,
      number,
      number,
    ]
    return { x: dx * cos + dy * sin, y: dy * cos - dx * sin, z: dz }
  }
  const across = along(SIDES)
  const down = along(UPRIGHT)
  return {
    yaw: Math.atan2(DEPTH * across.z, across.x) * DEGREES,
    pitch: Math.atan2(DEPTH * (down.z - SLOPE * down.y), down.y) * DEGREES,
    roll: roll * DEGREES,
  }
}
