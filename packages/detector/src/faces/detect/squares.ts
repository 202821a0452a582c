import type { CropTransform } from '@unswap/contract'
import type { Picture } from '../../media/frame.ts'
import type { Detection } from '../face.ts'

/** Side of the squares of the first round of tiles, as a share of the picture's longer side; halved every round. */
const FIRST_TILE = 0.6
/** Share of a tile's side that its neighbour sees too, so that a face at the seam is whole in one of them. */
const SEAM = 0.25
/** A closer look is as wide as three faces. */
const CLOSER = 3
/** Smallest upright face that the detector still notices, as a share of the side of the square that it is shown. */
const REACH = 1 / 13

/** Smallest face in pixels that is noticed in squares of this round (0: the whole picture). */
export function reachOf(picture: Picture, round: number): number {
  return sideOf(picture, round) * REACH
}

/** The squares of a round of the search: the whole picture, then ever smaller tiles. */
export function squaresOf(picture: Picture, round: number): CropTransform[] {
  if (round === 0) return [rotatedPicture(picture, 0)]
  const side = sideOf(picture, round)
  const columns = startsOf(picture.width, side)
  const rows = startsOf(picture.height, side)
  return rows.flatMap((y) => columns.map((x): CropTransform => ({ centre: [x, y], side, roll: 0 })))
}

/** The square that holds the whole picture when it is turned by `roll` radians. */
export function rotatedPicture({ width, height }: Picture, roll: number): CropTransform {
  const [cos, sin] = [Math.abs(Math.cos(roll)), Math.abs(Math.sin(roll))]
  return {
    centre: [width / 2, height / 2],
    side: Math.max(width * cos + height * sin, width * sin + height * cos),
    roll,
  }
}

/** The square for a second, closer look at something found: its eyes level, turned by `turn` radians more. */
export function zoomedSquare({ box, landmarks }: Detection, turn = 0): CropTransform {
  const [right, left] = landmarks
  return {
    centre: [box.x + box.width / 2, box.y + box.height / 2],
    side: CLOSER * Math.max(box.width, box.height),
    roll: Math.atan2(left[1] - right[1], left[0] - right[0]) + turn,
  }
}

function sideOf({ width, height }: Picture, round: number): number {
  const longer = Math.max(width, height)
  return round === 0 ? longer : (longer * FIRST_TILE) / 2 ** (round - 1)
}

/** Middles of the tiles along one axis. */
function startsOf(length: number, side: number): number[] {
  const count = Math.max(1, Math.ceil((length - side * SEAM) / (side * (1 - SEAM))))
  if (count === 1) return [length / 2]
  return Array.from({ length: count }, (_, i) => side / 2 + (i * (length - side)) / (count - 1))
}
