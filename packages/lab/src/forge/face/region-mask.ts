import { blur } from '../picture/blur.ts'
import type { Weights, Window } from '../picture/patch.ts'
import { faceSize, type Points, REGIONS, type Region } from './landmarks.ts'

/**
 * A soft mask of a region of the face.
 * @param inset how far each corner is pulled to the region's centre, 0..1 of its distance
 * @param feather standard deviation of the soft edge, as a share of the face's size
 * @returns one weight 0..1 per pixel of the window
 */
export function regionMask(
  points: Points,
  region: Region,
  window: Window,
  inset: number,
  feather: number,
): Weights {
  const hard = fill(outline(points, region, inset), window)
  return blur(hard, window.width, window.height, 1, feather * faceSize(points))
}

function outline(points: Points, region: Region, inset: number): [number, number][] {
  const corners = REGIONS[region].map((i): [number, number] => [points[2 * i]!, points[2 * i + 1]!])
  const cx = corners.reduce((sum, [x]) => sum + x, 0) / corners.length
  const cy = corners.reduce((sum, [, y]) => sum + y, 0) / corners.length
  return corners.map(([x, y]) => [x + inset * (cx - x), y + inset * (cy - y)])
}

/** 1 for each pixel whose centre lies inside the polygon (even-odd rule). */
function fill(polygon: readonly [number, number][], window: Window): Weights {
  const mask = new Float32Array(window.width * window.height)
  for (let row = 0; row < window.height; row++) {
    const y = window.y + row + 0.5
    const crossings: number[] = []
    polygon.forEach(([x1, y1], i) => {
      const [x2, y2] = polygon[(i + 1) % polygon.length]!
      if (y1 > y !== y2 > y) crossings.push(x1 + ((y - y1) / (y2 - y1)) * (x2 - x1))
    })
    crossings.sort((a, b) => a - b)
    for (let k = 0; k + 1 < crossings.length; k += 2) {
      const first = Math.max(Math.ceil(crossings[k]! - window.x - 0.5), 0)
      const end = Math.min(Math.ceil(crossings[k + 1]! - window.x - 0.5), window.width)
      if (end > first) mask.fill(1, row * window.width + first, row * window.width + end)
    }
  }
  return mask
}
