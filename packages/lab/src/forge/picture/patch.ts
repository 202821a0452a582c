import type { Picture } from '@unswap/detector'
import type { Points } from '../face/landmarks.ts'

/** A rectangle of a picture, in whole pixels and inside it. */
export interface Window {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Colours of a window: RGB 0..1, three floats a pixel, row by row. */
export interface Patch extends Window {
  readonly rgb: Float32Array
}

/** One weight 0..1 per pixel of a window, row by row. */
export type Weights = Float32Array

/** The part of the picture that holds all points. */
export function windowAround(points: Points, picture: Picture): Window {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity]
  for (let i = 0; i < points.length; i += 2) {
    left = Math.min(left, points[i]!)
    right = Math.max(right, points[i]!)
    top = Math.min(top, points[i + 1]!)
    bottom = Math.max(bottom, points[i + 1]!)
  }
  const x = Math.min(Math.max(Math.floor(left), 0), picture.width)
  const y = Math.min(Math.max(Math.floor(top), 0), picture.height)
  return {
    x,
    y,
    width: Math.max(Math.min(Math.ceil(right), picture.width) - x, 0),
    height: Math.max(Math.min(Math.ceil(bottom), picture.height) - y, 0),
  }
}

export function cut(picture: Picture, window: Window): Patch {
  const rgb = new Float32Array(window.width * window.height * 3)
  for (let row = 0; row < window.height; row++) {
    const start = ((window.y + row) * picture.width + window.x) * 3
    for (let i = 0; i < window.width * 3; i++) {
      rgb[row * window.width * 3 + i] = picture.data[start + i]! / 255
    }
  }
  return { ...window, rgb }
}

/** A copy of the picture with `patch` laid over it, weighted by `alpha`. */
export function blend(picture: Picture, patch: Patch, alpha: Weights): Picture {
  const data = Uint8Array.from(picture.data)
  for (let row = 0; row < patch.height; row++) {
    for (let column = 0; column < patch.width; column++) {
      const i = row * patch.width + column
      const at = ((patch.y + row) * picture.width + patch.x + column) * 3
      const a = alpha[i]!
      if (a === 0) continue
      for (let c = 0; c < 3; c++) {
        const mixed = (1 - a) * data[at + c]! + a * 255 * patch.rgb[3 * i + c]!
        data[at + c] = Math.round(Math.min(Math.max(mixed, 0), 255))
      }
    }
  }
  return { width: picture.width, height: picture.height, data }
}
