import type { FaceCrop, Mesh } from '../faces/face.ts'
import { REGIONS, regionGrid } from '../faces/regions.ts'

/** Cells on a side of the grid on which colours are read: enough for a mean. */
const CELLS = 28

/** Mean colour, RGB 0..1, of the inside of a face and of what its crop shows around it (black where there is nothing). */
export function faceColours(
  crop: FaceCrop,
  mesh: Mesh,
): Record<'inside' | 'surround', [number, number, number]> {
  const surround = REGIONS.indexOf('surround')
  const grid = regionGrid(mesh, crop.transform, CELLS)
  const sums = { inside: [0, 0, 0, 0], surround: [0, 0, 0, 0] }
  const { size, pixels } = crop
  grid.forEach((region, cell) => {
    const x = Math.floor((((cell % CELLS) + 0.5) * size) / CELLS)
    const y = Math.floor(((Math.floor(cell / CELLS) + 0.5) * size) / CELLS)
    const sum = region === surround ? sums.surround : sums.inside
    for (let channel = 0; channel < 3; channel++) {
      sum[channel]! += pixels[(channel * size + y) * size + x]!
    }
    sum[3]!++
  })
  const mean = ([r, g, b, count]: number[]): [number, number, number] =>
    count ? [r! / count, g! / count, b! / count] : [0, 0, 0]
  return { inside: mean(sums.inside), surround: mean(sums.surround) }
}
