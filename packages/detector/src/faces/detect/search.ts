import type { CropTransform } from '@unswap/contract'
import type { Picture } from '../../media/frame.ts'
import type { Session } from '../../onnx/session.ts'
import type { Detection } from '../face.ts'
import { detectFullRange } from './full-range.ts'
import { isSameFace, mergeDetections } from './merge-detections.ts'
import { zoomedSquare } from './squares.ts'

/** Least score of a face: the threshold in MediaPipe's full-range graph. */
const FACE = 0.5
/** Least score of a candidate: it is detected again in a zoomed square, where a real face scores above `FACE`. */
const CANDIDATE = 0.15

export interface Search {
  readonly network: Session
  readonly picture: Picture
  readonly signal: AbortSignal | undefined
}

/** Faces in some squares of the picture. At most `mostZoomed` candidates are detected again in zoomed squares. */
export async function searchSquares(
  search: Search,
  squares: readonly CropTransform[],
  mostZoomed: number,
): Promise<Detection[]> {
  const seen: Detection[] = []
  for (const square of squares) seen.push(...(await detect(search, square, CANDIDATE)))
  const merged = mergeDetections(seen)
  const sure = merged.filter(({ score }) => score >= FACE)
  const candidates = merged.filter(({ score }) => score < FACE).slice(0, mostZoomed)
  const found: Detection[] = []
  for (const place of candidates) found.push(...(await redetect(search, place)))
  return mergeDetections([...sure, ...found])
}

/** Detects a candidate, or a face of the frame before, again in a zoomed square; empty when there is no face. */
export async function redetect(search: Search, place: Detection, turn = 0): Promise<Detection[]> {
  const seen = await detect(search, zoomedSquare(place, turn), FACE)
  return seen.filter(({ box }) => isSameFace(box, place.box)).slice(0, 1)
}

function detect({ network, picture, signal }: Search, square: CropTransform, floor: number) {
  signal?.throwIfAborted()
  return detectFullRange(network, picture, square, floor)
}
