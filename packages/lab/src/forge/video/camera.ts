import type { Mesh, Picture } from '@unswap/detector'
import { addSample } from '../face/warp-face.ts'
import type { Subject } from '../forge.ts'
import { seeded } from '../seeded-random.ts'

/** What a camera sees of a still: centre and width in its pixels, roll in radians, and a gain per colour. */
export interface View {
  readonly centre: readonly [number, number]
  readonly width: number
  readonly roll: number
  readonly gain: readonly [number, number, number]
}

/** A hand-held camera: the view drifts, zooms and rolls slowly, and the light changes a little. */
export function driftingView(start: View, seed: number, seconds: number): View {
  const random = seeded(seed, 31)
  const slow = (size: number) => {
    const [rate, phase] = [random.uniform(0.15, 0.6), random.uniform(0, 2 * Math.PI)]
    return size * (Math.sin(2 * Math.PI * rate * seconds + phase) - Math.sin(phase))
  }
  const light = 1 + slow(0.03)
  return {
    centre: [start.centre[0] + slow(0.012) * start.width, start.centre[1] + slow(0.012) * start.width],
    width: start.width * (1 + slow(0.02)),
    roll: start.roll + slow(0.015),
    gain: [start.gain[0] * light * (1 + slow(0.008)), start.gain[1] * light, start.gain[2] * light],
  }
}

/** The subject through the camera: resampled at sub-pixel positions, the mesh carried along exactly. */
export function film(subject: Subject, view: View, width: number, height: number): Subject {
  const step = view.width / width
  const cos = Math.cos(view.roll)
  const sin = Math.sin(view.roll)
  const rgb = new Float32Array(width * height * 3)
  const samples = Math.max(1, Math.ceil(step))
  const share = 1 / samples
  for (let row = 0; row < height * samples; row++) {
    const y = step * ((row + 0.5) * share - height / 2)
    const line = 3 * width * Math.floor(row * share)
    for (let column = 0; column < width * samples; column++) {
      const x = step * ((column + 0.5) * share - width / 2)
      const u = view.centre[0] + cos * x - sin * y
      const v = view.centre[1] + sin * x + cos * y
      addSample(subject.picture, u, v, rgb, line + 3 * Math.floor(column * share), share * share)
    }
  }
  const data = new Uint8Array(rgb.length)
  for (let i = 0; i < rgb.length; i++) data[i] = Math.min(Math.round(rgb[i]! * view.gain[i % 3]!), 255)
  return { picture: { width, height, data }, mesh: through(subject.mesh, view, width, height) }
}

const NORMALS = 1 << 16
let normals: Float32Array | null = null

/**
 * The picture with a sensor's noise. Rows of noise start at random places of one long table of normal numbers, which is
 * several times faster than fresh ones.
 * @param sigma standard deviation on the 0..255 scale, per pixel and colour
 */
export function withNoise(picture: Picture, sigma: number, seed: number): Picture {
  if (normals === null) {
    const random = seeded(NORMALS)
    normals = Float32Array.from({ length: NORMALS }, () => random.normal())
  }
  const random = seeded(seed, 53)
  const data = new Uint8Array(picture.data.length)
  const row = 3 * picture.width
  for (let start = 0; start < data.length; start += row) {
    const offset = Math.floor(random.uniform(0, NORMALS))
    for (let i = 0; i < row; i++) {
      const value = picture.data[start + i]! + sigma * normals[(offset + i) % NORMALS]!
      data[start + i] = Math.min(Math.max(Math.round(value), 0), 255)
    }
  }
  return { ...picture, data }
}

function through(mesh: Mesh, view: View, width: number, height: number): Mesh {
  const [cos, sin, step] = [Math.cos(view.roll), Math.sin(view.roll), view.width / width]
  const points = new Float32Array(mesh.points.length)
  for (let i = 0; i < points.length; i += 3) {
    const [x, y] = [mesh.points[i]! - view.centre[0], mesh.points[i + 1]! - view.centre[1]]
    points[i] = width / 2 + (cos * x + sin * y) / step
    points[i + 1] = height / 2 + (cos * y - sin * x) / step
    points[i + 2] = mesh.points[i + 2]! / step
  }
  return { ...mesh, points }
}
