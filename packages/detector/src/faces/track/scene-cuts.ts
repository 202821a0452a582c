import type { Picture } from '../../media/frame.ts'
import { sampleSquare } from '../sample-square.ts'

const CELLS = 24
const BINS = 4
/** Sum of the changes of layout and of colours (each 0..1) above which a new scene begins. */
const CUT = 0.8

/** Features of a frame that distinguish scenes: where it is light and dark, and which colours it has. */
export interface Scene {
  readonly layout: Float32Array
  readonly colours: Float32Array
}

export function sceneOf(picture: Picture): Scene {
  const { width, height } = picture
  const cells = CELLS * CELLS
  const layout = new Float32Array(cells)
  const colours = new Float32Array(BINS ** 3)
  // the squares at both ends of the longer side, which cover the picture and nothing beyond it
  const side = Math.min(width, height)
  const [spareX, spareY] = [(width - side) / 2, (height - side) / 2]
  for (const end of [-1, 1]) {
    const centre: [number, number] = [width / 2 + end * spareX, height / 2 + end * spareY]
    const rgb = sampleSquare(picture, { centre, side, roll: 0 }, CELLS, { scale: 1 / 256, offset: 0 })
    for (let i = 0; i < cells; i++) {
      const [r, g, b] = [rgb[i]!, rgb[i + cells]!, rgb[i + 2 * cells]!]
      layout[i]! += 0.299 * r + 0.587 * g + 0.114 * b
      const bin = (Math.floor(r * BINS) * BINS + Math.floor(g * BINS)) * BINS + Math.floor(b * BINS)
      colours[bin]! += 1 / (2 * cells)
    }
  }
  return { layout, colours }
}

/** How much two frames differ, 0..2: 1 − correlation of the layouts (0..1), plus the share of colours that changed. */
function sceneChange(a: Scene, b: Scene): number {
  let kept = 0
  a.colours.forEach((share, bin) => {
    kept += Math.min(share, b.colours[bin]!)
  })
  return Math.min(1, 1 - correlation(a.layout, b.layout)) + 1 - kept
}

/** Whether the scene changes from one frame to the next. */
export function isCut(before: Scene, after: Scene): boolean {
  return sceneChange(before, after) > CUT
}

function correlation(a: Float32Array, b: Float32Array): number {
  const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length
  const [meanA, meanB] = [mean(a), mean(b)]
  let [ab, aa, bb] = [0, 1e-6, 1e-6]
  a.forEach((value, i) => {
    const [x, y] = [value - meanA, b[i]! - meanB]
    ab += x * y
    aa += x * x
    bb += y * y
  })
  return ab / Math.sqrt(aa * bb)
}
