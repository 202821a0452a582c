import type { CropTransform } from '@unswap/contract'
import type { Picture } from '../../media/frame.ts'
import type { Detection } from '../face.ts'
import { rollOf } from './roll.ts'

/** Side of the tiles of round 1, as a share of the picture's longer side; halved every further round. */
const FIRST_TILE = 0.6
/** Share of a tile's side by which it overlaps its neighbour, so that a face at the border is whole in one of them. */
const OVERLAP = 0.25
/** Side of a zoomed square, in longer sides of the face's box. */
const ZOOMED = 3
/**
 * Smallest upright face that a search of a square aims at, as a share of its side. Four in five such faces are found;
 * of those of 1/13, nine in ten (docs/faces.md). Smaller tiles for the rest would cost six times as many runs.
 */
const SMALLEST_SHARE = 1 / 16

/** Smallest face in pixels that is found in squares of this round (0: the whole picture). */
export function smallestFoundIn(picture: Picture, round: number): number {
  return sideOf(picture, round) * SMALLEST_SHARE
}

/**
 * The squares of a round of the search: the whole picture, then ever smaller tiles.
 * @param turn quarter turn of the squares in radians
 */
export function squaresOf(picture: Picture, round: number, turn = 0): CropTransform[] {
  if (round === 0) return [rotatedPicture(picture, turn)]
  const side = sideOf(picture, round)
  const columns = centresOf(picture.width, side)
  const rows = centresOf(picture.height, side)
  return rows.flatMap((y) => columns.map((x): CropTransform => ({ centre: [x, y], side, roll: turn })))
}

/** The square rotated by `roll` radians that holds the whole picture. */
export function rotatedPicture({ width, height }: Picture, roll: number): CropTransform {
  const [cos, sin] = [Math.abs(Math.cos(roll)), Math.abs(Math.sin(roll))]
  return {
    centre: [width / 2, height / 2],
    side: Math.max(width * cos + height * sin, width * sin + height * cos),
    roll,
  }
}

/** A tight square about a detection, to detect in again: its eyes level, rotated by `turn` radians more. */
export function zoomedSquare(detection: Detection, turn = 0): CropTransform {
  const { box } = detection
  return {
    centre: [box.x + box.width / 2, box.y + box.height / 2],
    side: ZOOMED * Math.max(box.width, box.height),
    roll: rollOf(detection) + turn,
  }
}

function sideOf({ width, height }: Picture, round: number): number {
  const longer = Math.max(width, height)
  return round === 0 ? longer : (longer * FIRST_TILE) / 2 ** (round - 1)
}

/** Centres of the tiles along one axis. */
function centresOf(length: number, side: number): number[] {
  const count = Math.max(1, Math.ceil((length - side * OVERLAP) / (side * (1 - OVERLAP))))
  if (count === 1) return [length / 2]
  return Array.from({ length: count }, (_, i) => side / 2 + (i * (length - side)) / (count - 1))
}
