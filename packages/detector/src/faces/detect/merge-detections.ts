import type { Box } from '@unswap/contract'
import type { Detection } from '../face.ts'

/** Overlap (intersection over union) above which two boxes show the same face. */
const SAME_FACE = 0.3

/** Intersection over union, 0..1. */
function overlap(a: Box, b: Box): number {
  const shared = sharedArea(a, b)
  return shared === 0 ? 0 : shared / (a.width * a.height + b.width * b.height - shared)
}

/**
 * Non-maximum suppression: of boxes on the same face, the first with the highest score. Boxes on one face can differ in
 * size, so a box mostly inside another of up to 2.5 times its area is on the same face, too.
 */
export function mergeDetections<D extends Detection>(detections: readonly D[]): D[] {
  const kept: D[] = []
  for (const detection of detections.toSorted((a, b) => b.score - a.score)) {
    if (!kept.some((other) => isSameFace(other.box, detection.box))) kept.push(detection)
  }
  return kept
}

export function isSameFace(a: Box, b: Box): boolean {
  if (overlap(a, b) > SAME_FACE) return true
  const [areaA, areaB] = [a.width * a.height, b.width * b.height]
  const smaller = Math.min(areaA, areaB)
  return Math.max(areaA, areaB) < 2.5 * smaller && sharedArea(a, b) > 0.7 * smaller
}

function sharedArea(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y)
  return width > 0 && height > 0 ? width * height : 0
}
