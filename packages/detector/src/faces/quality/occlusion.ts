import type { FaceCrop } from '../face.ts'
import { REGIONS } from '../regions.ts'

const [EYES, MOUTH, FOREHEAD, CHEEKS, SURROUND] = (
  ['eyes', 'mouth', 'forehead', 'cheeks', 'surround'] as const
).map((name) => REGIONS.indexOf(name)) as [number, number, number, number, number]

/** Distance from the skin's median colour beyond which a cell is not skin: in chromaticity, and in ln of luma. */
const NOT_SKIN = { chromaticity: 0.09, luma: 1.2 } as const
/** Share of the eyes' cells that must differ for the eyes to count as covered. */
const COVERED_EYES = 0.8
/** Least redness of the upper face (its share of red minus 1/3) at which masks can be told from lips. */
const LEAST_RED = 0.02
/** Share of the upper face's redness below which a cell is not skin. */
const PALE = 0.4

/** Red and green as shares of the whole, and the natural logarithm of the brightness. */
type Colour = readonly [number, number, number]
type Cell = { readonly region: number; readonly row: number; readonly colour: Colour }

/**
 * Share of the face that something covers, 0..1. A cell is covered when its colour is far from the skin's median (masks,
 * glasses, gloves, hair). Eyes and brows count only when nearly all of their cells differ. A hand is not recognised.
 *
 * Lips are at least as red as the skin above them, whatever the skin's colour. So a mouth that is less red is behind a
 * mask, and then every cell that is not red counts as covered, too.
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
    Math.hypot(colour[0] - middle[0], colour[1] - middle[1]) > NOT_SKIN.chromaticity ||
    Math.abs(colour[2] - middle[2]) > NOT_SKIN.luma
  const eyesDiffer = eyes.filter(differs).length
  const eyesCovered = eyesDiffer > COVERED_EYES * eyes.length ? eyesDiffer : 0
  const pale = paleTestWhereMasked(skin, eyes, mouth)
  if (!pale) return (skin.filter(differs).length + eyesCovered) / (skin.length + eyes.length)
  const covered = [...skin, ...mouth].filter((cell) => differs(cell) || pale(cell)).length
  return (covered + eyesCovered) / face.length
}

/** A test for cells that are less red than the upper face; null when the mouth shows no mask. */
function paleTestWhereMasked(skin: readonly Cell[], eyes: readonly Cell[], mouth: readonly Cell[]) {
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

/** Median of each component. */
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
