import type { Detection, LocatedFace } from '../face.ts'

/** Turns in radians of a face that lies on its side or is upside down. */
export const QUARTERS = [Math.PI / 2, -Math.PI / 2, Math.PI] as const
const EIGHTH = Math.PI / 4

/** Roll of a face in radians: the angle of the line between its eyes, 0 when they are level. */
export function rollOf({ landmarks: [right, left] }: Pick<Detection, 'landmarks'>): number {
  return Math.atan2(left[1] - right[1], left[0] - right[0])
}

/** Angle between two rolls in radians, 0..π. */
export function rollBetween(a: number, b: number): number {
  return Math.abs(Math.atan2(Math.sin(a - b), Math.cos(a - b)))
}

/** Whether the eyes lie above the mouth in a crop of this roll (radians). */
export function eyesAboveMouth({ landmarks }: Pick<Detection, 'landmarks'>, roll: number): boolean {
  const [right, left, , corner, otherCorner] = landmarks
  const height = ([x, y]: readonly [number, number]) => y * Math.cos(roll) - x * Math.sin(roll)
  return height(right) + height(left) < height(corner) + height(otherCorner)
}

/** Whether two detections agree about the quarter turn of a face. */
export function isSameTurn(a: Detection, b: Detection): boolean {
  return rollBetween(rollOf(a), rollOf(b)) < EIGHTH
}

/** Whether a face lies on its side or is upside down. */
export function isTurned(face: Detection): boolean {
  return rollBetween(rollOf(face), 0) > EIGHTH
}

/** The quarter turns in which some of these faces are upright, without that of upright ones. */
export function turnsOf(faces: readonly Pick<LocatedFace, 'detection'>[]): number[] {
  return QUARTERS.filter((turn) =>
    faces.some(({ detection }) => rollBetween(rollOf(detection), turn) < EIGHTH),
  )
}
