import type { FaceCrop } from '../face.ts'
import { REGIONS } from '../regions.ts'

const [EYES, MOUTH, FOREHEAD, CHEEKS, SURROUND] = (
  ['eyes', 'mouth', 'forehead', 'cheeks', 'surround'] as const
).map((name) => REGIONS.indexOf(name)) as [number, number, number, number, number]

/** How far a cell may be from the face's middle colour: in chromaticity, and in natural logarithm of luma. */
const OTHER = { chromaticity: 0.09, luma: 1.2 } as const
/** Share of the eyes' cells that must differ. */
const COVERED_EYES = 0.8
/** Red of the upper face, as its share beyond a third, below which there is too little colour to tell. */
const LEAST_RED = 0.02
/** Share of that red below which something else than skin is seen. */
const PALE = 0.4

/** Red and green as shares of the whole, and the natural logarithm of the brightness. */
type Colour = readonly [number, number, number]
type Cell = { readonly region: number; readonly row: number; readonly colour: Colour }

/**
 * Share of the face that something covers, 0..1: what is far from the middle colour of its skin (masks, glasses, gloves,
 * hair), and, where the mouth is not seen, all that is not red. Blood makes lips at least as red as the skin above them,
 * whatever the skin's colour, so a mouth that is not is behind a mask. Otherwise the mouth says nothing, and eyes with
 * their brows count only when nearly all of them differ. A hand is not noticed.
 * @param regions index into `REGIONS` of each of cells × cells
 */
export function occludedShare(crop: FaceCrop, regions: Uint8Array, cells: number): number {
  const face = [...regions].flatMap((region, cell): Cell[] =>
    region === SURROUND
      ? []
      : [{ region, row: Math.floor(cell / cells), colour: chromaticityOf(cellColour(crop, cell, cells)) }],
  )
  const mouth = face.filter(({ region }) => region === MOUTH)
  const eyes = face.filter(({ region }) => region === EYES)
  const skin = face.filter(({ region }) => region !== MOUTH && region !== EYES)
  if (skin.length === 0) return 0
  const middle = middleOf(skin)
  const differs = ({ colour }: Cell) =>
    Math.hypot(colour[0] - middle[0], colour[1] - middle[1]) > OTHER.chromaticity ||
    Math.abs(colour[2] - middle[2]) > OTHER.luma
  const eyesDiffer = eyes.filter(differs).length
  const eyesCovered = eyesDiffer > COVERED_EYES * eyes.length ? eyesDiffer : 0
  const pale = paleWhereMasked(skin, eyes, mouth)
  if (!pale) return (skin.filter(differs).length + eyesCovered) / (skin.length + eyes.length)
  const covered = [...skin, ...mouth].filter((cell) => differs(cell) || pale(cell)).length
  return (covered + eyesCovered) / face.length
}

/** Tells the cells that have lost the red of the upper face; null when the mouth has not. */
function paleWhereMasked(skin: readonly Cell[], eyes: readonly Cell[], mouth: readonly Cell[]) {
  const underEyes = Math.max(...eyes.map(({ row }) => row))
  const upper = skin.filter(
    ({ region, row }) => region === FOREHEAD || (region === CHEEKS && row <= underEyes),
  )
  if (upper.length === 0 || mouth.length === 0) return null
  const least = PALE * redOf(middleOf(upper))
  if (least < PALE * LEAST_RED || redOf(middleOf(mouth)) >= least) return null
  return ({ colour }: Cell) => redOf(colour) < least
}

const redOf = ([red]: Colour): number => red - 1 / 3

function middleOf(cells: readonly Cell[]): Colour {
  const middle = (k: 0 | 1 | 2) =>
    cells.map(({ colour }) => colour[k]).sort((a, b) => a - b)[cells.length >> 1]!
  return [middle(0), middle(1), middle(2)]
}

function chromaticityOf([r, g, b]: readonly [number, number, number]): Colour {
  const sum = r + g + b + 1e-3
  return [r / sum, g / sum, Math.log(sum / 3 + 0.01)]
}

/** Colour at the middle of a cell, RGB 0..1, as the mean of four pixels. */
function cellColour({ size, pixels }: FaceCrop, cell: number, cells: number): [number, number, number] {
  const at =
    Math.floor(((Math.floor(cell / cells) + 0.5) * size) / cells) * size +
    Math.floor((((cell % cells) + 0.5) * size) / cells)
  const mean = (plane: number) => {
    const p = plane * size * size + at
    return (pixels[p]! + pixels[p - 1]! + pixels[p - size]! + pixels[p - size - 1]!) / 4
  }
  return [mean(0), mean(1), mean(2)]
}
