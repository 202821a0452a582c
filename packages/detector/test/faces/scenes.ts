// Scenes with faces at known places, for measuring what the faces stage finds: heads cut from the test photographs,
// pasted with a soft edge on faceless parts of them and on synthetic textures. Everything follows from the seed.
import type { CropTransform } from '@unswap/contract'
import { sampleSquare } from '../../src/faces/sample-square.ts'
import type { Picture } from '../../src/media/frame.ts'
import type { Background } from './backgrounds.ts'
import type { Head } from './heads.ts'

export interface Placed {
  readonly centre: readonly [number, number]
  /** Longer side of the face in its own axes, in pixels. */
  readonly size: number
  /** Radians. */
  readonly roll: number
}

export interface Scene {
  readonly picture: Picture
  readonly faces: readonly Placed[]
}

export type Cover = 'none' | 'mouth' | 'eyes' | 'half'

/** Numbers in 0..1 that follow from the seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Pastes a head: its face gets the given place, size and roll. */
export function pasteHead(onto: Picture, head: Head, place: Placed, cover: Cover = 'none'): void {
  const side = Math.ceil(2.2 * place.size)
  const scale = head.square.side / place.size
  const square = { ...head.square, side: side * scale, roll: head.square.roll - place.roll }
  const planes = sampleSquare(head.picture, square, side, { scale: 1, offset: 0 })
  const left = Math.round(place.centre[0] - side / 2)
  const top = Math.round(place.centre[1] - side / 2)
  const [cos, sin] = [Math.cos(place.roll), Math.sin(place.roll)]
  for (let j = 0; j < side; j++) {
    const y = top + j
    if (y < 0 || y >= onto.height) continue
    for (let i = 0; i < side; i++) {
      const x = left + i
      if (x < 0 || x >= onto.width) continue
      const [dx, dy] = [(i + 0.5 - side / 2) / place.size, (j + 0.5 - side / 2) / place.size]
      const [u, v] = [dx * cos + dy * sin, dy * cos - dx * sin]
      const radius = Math.hypot(u / 0.72, (v + 0.08) / 0.92)
      const weight = Math.min(1, Math.max(0, (1 - radius) / 0.15))
      if (weight === 0) continue
      const covered =
        (cover === 'mouth' && v > 0.12) ||
        (cover === 'eyes' && v > -0.32 && v < -0.08) ||
        (cover === 'half' && u > 0.1)
      const at = (y * onto.width + x) * 3
      for (let c = 0; c < 3; c++) {
        const value = covered ? [70, 90, 130][c]! : planes[c * side * side + j * side + i]!
        onto.data[at + c] = onto.data[at + c]! * (1 - weight) + value * weight
      }
    }
  }
}

/** Degrees by which the roll of a face may be off that counts as found. */
const ROLL_TOLERANCE = 15

/** True when a square found lies on a placed face. */
export function liesOn(found: CropTransform, placed: Placed): boolean {
  const distance = Math.hypot(found.centre[0] - placed.centre[0], found.centre[1] - placed.centre[1])
  const ratio = found.side / placed.size
  return distance < 0.35 * placed.size && ratio > 0.6 && ratio < 1.67
}

/** True when a square found lies on a placed face, and is upright there. */
export function hits(found: CropTransform, placed: Placed): boolean {
  const off = 2 * Math.abs(Math.asin(Math.sin((found.roll - placed.roll) / 2)))
  return liesOn(found, placed) && off < (ROLL_TOLERANCE * Math.PI) / 180
}

/** What one kind of scene looks like: its size, and the faces in it. */
export interface Kind {
  readonly name: string
  readonly width: number
  readonly height: number
  faces(random: () => number): { readonly size: number; readonly roll: number; readonly cover?: Cover }[]
}

/** Rolls of people who hold their heads nearly upright: ±15°. */
const nearlyUpright = (random: () => number) => (random() - 0.5) * (Math.PI / 6)

const single = (name: string, face: (random: () => number) => ReturnType<Kind['faces']>[number]): Kind => ({
  name,
  width: 640,
  height: 480,
  faces: (random) => [face(random)],
})

export const KINDS: readonly Kind[] = [
  ...[16, 24, 32, 48, 64, 96, 128, 200, 300, 400].map((size) =>
    single(`${size} px`, (random) => ({ size, roll: nearlyUpright(random) })),
  ),
  ...[30, 45, 60, 90, 135, 180, 225, 270, 315].map((degrees) =>
    single(`turned by ${degrees}°`, (random) => ({
      size: 100 + random() * 60,
      roll: (degrees * Math.PI) / 180,
    })),
  ),
  ...(['mouth', 'eyes', 'half'] as const).map((cover) =>
    single(`${cover} covered`, (random) => ({
      size: 100 + random() * 60,
      roll: nearlyUpright(random),
      cover,
    })),
  ),
  {
    name: '24 faces of 24–64 px',
    width: 1280,
    height: 720,
    faces: (random) =>
      Array.from({ length: 24 }, () => ({ size: 24 + random() * 40, roll: nearlyUpright(random) })),
  },
  { name: 'no face', width: 640, height: 480, faces: () => [] },
]

export function composeScene(
  kind: Kind,
  heads: readonly Head[],
  backgrounds: readonly Background[],
  random: () => number,
): Scene {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
  const { width, height } = kind
  const picture = pick(backgrounds)(width, height, random)
  const faces: Placed[] = []
  for (const { size, roll, cover } of kind.faces(random)) {
    for (let attempt = 0; attempt < 60; attempt++) {
      const place = (length: number) => {
        const spare = Math.max(0, length - 1.4 * size)
        return length / 2 + (random() - 0.5) * spare
      }
      const centre: [number, number] = [place(width), place(height)]
      const apart = (other: Placed) =>
        Math.hypot(other.centre[0] - centre[0], other.centre[1] - centre[1]) > 0.72 * (other.size + size)
      if (!faces.every(apart)) continue
      const placed = { centre, size, roll }
      pasteHead(picture, pick(heads), placed, cover)
      faces.push(placed)
      break
    }
  }
  return { picture, faces }
}
