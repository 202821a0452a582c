import type { CropTransform } from '@unswap/contract'
import type { Mesh } from './face.ts'

/** Parts of a crop; `surround` is everything outside the oval of the face. */
export const REGIONS = ['eyes', 'nose', 'mouth', 'forehead', 'cheeks', 'jaw', 'surround'] as const
type Region = (typeof REGIONS)[number]

/** Outlines, as indices of points of the 468-point mesh. */
const OVAL = [
  10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149,
  150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
]
const MOUTH = [61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146]
const NOSE = [168, 417, 465, 412, 399, 437, 355, 358, 327, 326, 2, 97, 98, 129, 126, 217, 174, 188, 245, 193]
const EYES = [
  [156, 70, 63, 105, 66, 107, 55, 193, 244, 233, 232, 231, 230, 229, 228, 31, 226],
  [383, 300, 293, 334, 296, 336, 285, 417, 464, 453, 452, 451, 450, 449, 448, 261, 446],
]
/** Tops of the brows and corners of the mouth: in a level crop they separate forehead, cheeks and jaw. */
const BROWS = [105, 334]
const MOUTH_CORNERS = [61, 291]

/**
 * The region of each cell of a grid laid over the crop, row by row, as an index into `REGIONS`.
 * @param mesh in pixels of the picture
 * @param transform where the crop lies in that picture
 */
export function regionGrid(mesh: Mesh, transform: CropTransform, cells: number): Uint8Array {
  const before = drawn.get(transform)
  if (before?.length === cells * cells) return before
  const grid = drawGrid(mesh, transform, cells)
  drawn.set(transform, grid)
  return grid
}

/** Grids already drawn, by the crop's transform: quality, colours and map of one crop need the same grid. */
const drawn = new WeakMap<CropTransform, Uint8Array>()

function drawGrid(mesh: Mesh, transform: CropTransform, cells: number): Uint8Array {
  const points = pointsInCrop(mesh, transform)
  const height = (indices: readonly number[]) =>
    indices.reduce((sum, index) => sum + points[index]![1], 0) / indices.length
  const [brows, corners] = [height(BROWS), height(MOUTH_CORNERS)]
  const grid = new Uint8Array(cells * cells).fill(REGIONS.indexOf('surround'))
  const paint = (outline: readonly number[], regionAt: (y: number) => Region) =>
    fill(
      outline.map((index) => points[index]!),
      cells,
      (row, first, end) => {
        grid.fill(REGIONS.indexOf(regionAt((row + 0.5) / cells)), row * cells + first, row * cells + end)
      },
    )
  // what is painted later covers what is below
  paint(OVAL, (y) => (y < brows ? 'forehead' : y > corners ? 'jaw' : 'cheeks'))
  for (const eye of EYES) paint(eye, () => 'eyes')
  paint(NOSE, () => 'nose')
  paint(MOUTH, () => 'mouth')
  return grid
}

/** The mesh's points on the crop, whose top left corner is [0, 0] and bottom right [1, 1]. */
function pointsInCrop({ points }: Mesh, { centre, side, roll }: CropTransform): [number, number][] {
  const [cos, sin] = [Math.cos(roll) / side, Math.sin(roll) / side]
  return Array.from({ length: points.length / 3 }, (_, i) => {
    const [x, y] = [points[3 * i]! - centre[0], points[3 * i + 1]! - centre[1]]
    return [x * cos + y * sin + 0.5, y * cos - x * sin + 0.5]
  })
}

/** Calls `run` for each row's runs of cells whose centres lie in a polygon over [0, 1]², by the even-odd rule. */
function fill(
  polygon: readonly (readonly [number, number])[],
  cells: number,
  run: (row: number, first: number, end: number) => void,
): void {
  const cellFrom = (x: number) => Math.min(cells, Math.max(0, Math.ceil(x * cells - 0.5)))
  for (let row = 0; row < cells; row++) {
    const y = (row + 0.5) / cells
    const crossings: number[] = []
    polygon.forEach(([xi, yi], i) => {
      const [xj, yj] = polygon.at(i - 1)!
      if (yi > y !== yj > y) crossings.push(xi + ((y - yi) / (yj - yi)) * (xj - xi))
    })
    crossings.sort((a, b) => a - b)
    for (let i = 0; i + 1 < crossings.length; i += 2) {
      run(row, cellFrom(crossings[i]!), cellFrom(crossings[i + 1]!))
    }
  }
}
