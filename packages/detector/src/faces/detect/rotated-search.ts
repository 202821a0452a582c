import type { Detection } from '../face.ts'
import { QUARTERS } from './roll.ts'
import { redetect, type Search, searchSquares } from './search.ts'
import { rotatedPicture } from './squares.ts'

const EIGHTHS = [Math.PI / 4, -Math.PI / 4, (3 * Math.PI) / 4, (-3 * Math.PI) / 4]

/** Faces that lie on their side or upside down: rotates the picture by quarter turns, then by eighths if none is found. */
export async function searchRotated(search: Search, mostZoomed: number): Promise<Detection[]> {
  for (const rolls of [QUARTERS, EIGHTHS]) {
    const squares = rolls.map((roll) => rotatedPicture(search.picture, roll))
    const found = await searchSquares(search, squares, mostZoomed)
    if (found.length > 0) return found
  }
  return []
}

/** Detects a face again that the mesh did not confirm, as its roll may be wrong by quarter turns. */
export async function redetectRotated(search: Search, place: Detection): Promise<Detection[]> {
  const found: Detection[] = []
  for (const turn of QUARTERS) found.push(...(await redetect(search, place, turn)))
  return found
}
