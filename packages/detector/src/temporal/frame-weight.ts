import type { Quality } from '@unswap/contract'
import { REFERENCE_CROP } from '../faces/reference-crop.ts'

const LEAST = 0.05

/** Weight of a frame in its track, 0.05..1: by the pixels of the crop, the part of the face that is seen, and its pose. */
export function weightOf({ side, covered, outside, yaw }: Quality): number {
  const detail = Math.min(1, side / REFERENCE_CROP.size)
  const seen = Math.max(0, 1 - covered) * Math.max(0, 1 - outside)
  const frontal = Math.max(0, Math.cos((yaw * Math.PI) / 180))
  return Math.max(LEAST, detail * seen * frontal)
}
