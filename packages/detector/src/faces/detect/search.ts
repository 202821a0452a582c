import type { CropTransform } from '@unswap/contract'
import type { Picture } from '../../media/frame.ts'
import type { Session } from '../../onnx/session.ts'
import type { Detection } from '../face.ts'
import { detectFullRange } from './full-range.ts'
import { isSameFace, mergeDetections } from './merge-detections.ts'
import { zoomedSquare } from './squares.ts'

/** The detector's own threshold in MediaPipe's full-range graph. */
const FACE = 0.5
/** What scores this much is looked at again from closer by, where a face scores above `FACE`. */
const HINT_OF_FACE = 0.15

export interface Search {
  readonly network: Session
  readonly picture: Picture
  readonly signal: AbortSignal | undefined
}

/** Faces in some squares of the picture; at most `mostZoomed` doubtful places are looked at again. */
export async function searchSquares(
  search: Search,
  squares: readonly CropTransform[],
  mostZoomed: number,
): Promise<Detection[]> {
  const seen: Detection[] = []
  for (const square of squares) seen.push(...(await detect(search, square, HINT_OF_FACE)))
  const merged = mergeDetections(seen)
  const sure = merged.filter(({ score }) => score >= FACE)
  const doubtful = merged.filter(({ score }) => score < FACE).slice(0, mostZoomed)
  const found: Detection[] = []
  for (const place of doubtful) found.push(...(await redetect(search, place)))
  return mergeDetections([...sure, ...found])
}

/** The face of a doubtful detection, or of one of the frame before, when a closer look finds it. */
export async function redetect(search: Search, place: Detection, turn = 0): Promise<Detection[]> {
  const seen = await detect(search, zoomedSquare(place, turn), FACE)
  return seen.filter(({ box }) => isSameFace(box, place.box)).slice(0, 1)
}

function detect({ network, picture, signal }: Search, square: CropTransform, floor: number) {
  signal?.throwIfAborted()
  return detectFullRange(network, picture, square, floor)
}
