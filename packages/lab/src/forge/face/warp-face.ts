import type { Picture } from '@unswap/detector'
import Delaunator from 'delaunator'
import type { Patch, Weights, Window } from '../picture/patch.ts'
import type { Points } from './landmarks.ts'

/** More samples per axis than this change nothing that can be seen. */
const MOST_SAMPLES = 4

/**
 * Draws the face at `from` in `source` so that its points land on `onto`. It is affine within each triangle of the
 * Delaunay triangulation of `onto`, bilinear, and averaged over several samples a pixel where the face shrinks.
 * Pixel (i, j) covers [i, i+1) × [j, j+1).
 * @returns the window's colours, and 1 where a triangle covered the pixel, 0 elsewhere.
 */
export function warpFace(
  source: Picture,
  from: Points,
  onto: Points,
  window: Window,
): { patch: Patch; covered: Weights } {
  const rgb = new Float32Array(window.width * window.height * 3)
  const covered = new Float32Array(window.width * window.height)
  const { triangles } = new Delaunator(onto)
  for (let t = 0; t < triangles.length; t += 3) {
    const corners = [triangles[t]!, triangles[t + 1]!, triangles[t + 2]!] as const
    drawTriangle(source, from, onto, corners, window, rgb, covered)
  }
  return { patch: { ...window, rgb }, covered }
}

function drawTriangle(
  source: Picture,
  from: Points,
  onto: Points,
  [a, b, c]: readonly [number, number, number],
  window: Window,
  rgb: Float32Array,
  covered: Weights,
): void {
  const [ax, ay] = [onto[2 * a]!, onto[2 * a + 1]!]
  const [bx, by] = [onto[2 * b]! - ax, onto[2 * b + 1]! - ay]
  const [cx, cy] = [onto[2 * c]! - ax, onto[2 * c + 1]! - ay]
  const area = bx * cy - by * cx
  if (Math.abs(area) < 1e-9) return
  const [sx, sy] = [from[2 * a]!, from[2 * a + 1]!]
  const [ux, uy] = [from[2 * b]! - sx, from[2 * b + 1]! - sy]
  const [vx, vy] = [from[2 * c]! - sx, from[2 * c + 1]! - sy]
  const shrink = Math.sqrt(Math.abs((ux * vy - uy * vx) / area))
  const samples = Math.min(Math.max(Math.ceil(shrink), 1), MOST_SAMPLES)

  const left = Math.max(Math.floor(ax + Math.min(0, bx, cx)), window.x)
  const right = Math.min(Math.ceil(ax + Math.max(0, bx, cx)), window.x + window.width)
  const top = Math.max(Math.floor(ay + Math.min(0, by, cy)), window.y)
  const bottom = Math.min(Math.ceil(ay + Math.max(0, by, cy)), window.y + window.height)
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const px = x + 0.5 - ax
      const py = y + 0.5 - ay
      const u = (px * cy - py * cx) / area
      const v = (py * bx - px * by) / area
      if (u < -1e-9 || v < -1e-9 || u + v > 1 + 1e-9) continue
      const i = (y - window.y) * window.width + (x - window.x)
      rgb.fill(0, 3 * i, 3 * i + 3)
      for (let s = 0; s < samples * samples; s++) {
        const ox = ((s % samples) + 0.5) / samples - 0.5
        const oy = (Math.floor(s / samples) + 0.5) / samples - 0.5
        const su = u + (ox * cy - oy * cx) / area
        const sv = v + (oy * bx - ox * by) / area
        addSample(
          source,
          sx + su * ux + sv * vx,
          sy + su * uy + sv * vy,
          rgb,
          3 * i,
          1 / (255 * samples ** 2),
        )
      }
      covered[i] = 1
    }
  }
}

/** Adds the bilinear colour at (x, y), times `weight`, to three values of `rgb`; the picture's edge is repeated. */
export function addSample(
  picture: Picture,
  x: number,
  y: number,
  rgb: Float32Array,
  at: number,
  weight: number,
): void {
  const fx = Math.min(Math.max(x - 0.5, 0), picture.width - 1)
  const fy = Math.min(Math.max(y - 0.5, 0), picture.height - 1)
  const x0 = Math.floor(fx)
  const y0 = Math.floor(fy)
  const right = x0 + 1 < picture.width ? 3 : 0
  const below = y0 + 1 < picture.height ? 3 * picture.width : 0
  const wx = fx - x0
  const wy = fy - y0
  const base = 3 * (y0 * picture.width + x0)
  for (let c = 0; c < 3; c++) {
    const i = base + c
    const upper = picture.data[i]! * (1 - wx) + picture.data[i + right]! * wx
    const lower = picture.data[i + below]! * (1 - wx) + picture.data[i + below + right]! * wx
    rgb[at + c]! += weight * (upper * (1 - wy) + lower * wy)
  }
}
