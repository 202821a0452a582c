// Scenes with faces at known places, for measuring what the faces stage finds: heads cut from the test photographs,
// pasted with a soft edge on faceless parts of them and on synthetic textures. Everything follows from the seed.
import { join } from 'node:path'
import sharp from 'sharp'
import type { FaceCrop } from '../../src/faces/face.ts'
import { sampleSquare } from '../../src/faces/sample.ts'
import type { Picture } from '../../src/media/frame.ts'

type Square = FaceCrop['transform']

const REAL = join(import.meta.dirname, '../../../../testdata/real')
const BYTES = { scale: 1, offset: 0 }

/** Heads of the test photographs: file, then centre, size and roll (degrees) of each face, checked by eye. */
const HEADS: readonly (readonly [string, readonly (readonly [number, number, number, number])[]])[] = [
  ['astronaut.png', [[225, 123, 108, 3]]],
  ['grace_hopper.jpg', [[266, 233, 203, -3]]],
  [
    'group-1.jpg',
    [
      [949, 547, 200, -30],
      [509, 493, 207, 2],
      [1564, 343, 220, 45],
    ],
  ],
  [
    'group-2.jpg',
    [
      [1558, 289, 204, -18],
      [437, 278, 200, 3],
      [985, 364, 175, -1],
    ],
  ],
  [
    'group-3.jpg',
    [
      [698, 476, 246, 0],
      [1184, 378, 260, 11],
      [1584, 449, 250, -4],
    ],
  ],
  [
    'group-4.jpg',
    [
      [749, 205, 208, 29],
      [1353, 291, 202, 30],
      [341, 344, 203, -25],
      [1067, 317, 200, 7],
    ],
  ],
  [
    'group-5.jpg',
    [
      [859, 228, 204, 9],
      [1521, 537, 243, -12],
      [481, 1033, 271, -6],
      [680, 553, 208, 0],
      [1202, 331, 219, 0],
    ],
  ],
  [
    'group-6.jpg',
    [
      [1268, 464, 226, 1],
      [360, 640, 243, -6],
      [779, 492, 259, -4],
      [1583, 431, 260, 12],
    ],
  ],
]

/** Faceless parts: file, then left, top, width and height. */
const FACELESS: readonly (readonly [string, number, number, number, number])[] = [
  ['group-1.jpg', 200, 720, 1600, 560],
  ['group-2.jpg', 0, 620, 1920, 740],
  ['group-3.jpg', 0, 700, 1920, 650],
  ['group-4.jpg', 300, 620, 1500, 828],
  ['group-6.jpg', 400, 780, 1500, 757],
]

export interface Head {
  readonly picture: Picture
  readonly square: Square
}

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

export async function loadPicture(file: string): Promise<Picture> {
  const { data, info } = await sharp(file)
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, data: new Uint8Array(data) }
}

export const loadReal = (name: string): Promise<Picture> => loadPicture(join(REAL, name))

export async function loadHeads(): Promise<Head[]> {
  const heads = await Promise.all(
    HEADS.map(async ([file, faces]) => {
      const picture = await loadReal(file)
      return faces.map(([x, y, side, roll]) => ({
        picture,
        square: { centre: [x, y], side, roll: (roll * Math.PI) / 180 } satisfies Square,
      }))
    }),
  )
  return heads.flat()
}

/** Backgrounds without a face: parts of photographs, and textures. */
export async function loadBackgrounds(): Promise<
  ((width: number, height: number, random: () => number) => Picture)[]
> {
  const parts = await Promise.all(
    FACELESS.map(async ([file, left, top, width, height]) => {
      const { data, info } = await sharp(join(REAL, file))
        .extract({ left, top, width, height })
        .raw()
        .toBuffer({ resolveWithObject: true })
      return { width: info.width, height: info.height, data: new Uint8Array(data) }
    }),
  )
  const cut = (part: Picture) => (width: number, height: number, random: () => number) => {
    const scale = Math.min(part.width / width, part.height / height)
    const used = Math.max(0.4 * scale, Math.min(scale, 0.4 + random()))
    const x = random() * (part.width - width * used)
    const y = random() * (part.height - height * used)
    return resample(part, x, y, used, width, height)
  }
  return [...parts.map(cut), noise, blobs, stripes]
}

function resample(
  part: Picture,
  x: number,
  y: number,
  scale: number,
  width: number,
  height: number,
): Picture {
  const size = Math.max(width, height)
  const side = size * scale
  const planes = sampleSquare(part, { centre: [x + side / 2, y + side / 2], side, roll: 0 }, size, BYTES)
  const data = new Uint8Array(width * height * 3)
  for (let j = 0; j < height; j++) {
    for (let i = 0; i < width; i++) {
      for (let c = 0; c < 3; c++) data[(j * width + i) * 3 + c] = planes[c * size * size + j * size + i]!
    }
  }
  return { width, height, data }
}

function paint(width: number, height: number, colour: (x: number, y: number, c: number) => number): Picture {
  const data = new Uint8ClampedArray(width * height * 3)
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) for (let c = 0; c < 3; c++) data[at++] = colour(x, y, c)
  }
  return { width, height, data: new Uint8Array(data.buffer) }
}

function noise(width: number, height: number, random: () => number): Picture {
  return paint(width, height, () => random() * 255)
}

/** Soft blobs in skin tones and darker spots: what a cascade likes to take for faces. */
function blobs(width: number, height: number, random: () => number): Picture {
  const spots = Array.from({ length: 60 }, () => ({
    x: random() * width,
    y: random() * height,
    r: 6 + random() * 50,
    tone: random() < 0.6 ? [225, 175, 145] : [60, 40, 35],
  }))
  return paint(width, height, (x, y, c) => {
    let value = 120
    for (const spot of spots) {
      const d = ((x - spot.x) ** 2 + ((y - spot.y) * 0.8) ** 2) / spot.r ** 2
      if (d < 4) value += (spot.tone[c]! - value) * Math.exp(-d * 1.5)
    }
    return value
  })
}

function stripes(width: number, height: number, random: () => number): Picture {
  const [a, b, p] = [random() * 0.4, random() * 0.4, 0.5 + random() * 2]
  return paint(width, height, (x, y, c) => 128 + 100 * Math.sin(a * x + c) * Math.cos(b * y * p))
}

/** Pastes a head: its face gets the given place, size and roll. */
export function pasteHead(onto: Picture, head: Head, place: Placed, cover: Cover = 'none'): void {
  const side = Math.ceil(2.2 * place.size)
  const scale = head.square.side / place.size
  const square = { ...head.square, side: side * scale, roll: head.square.roll - place.roll }
  const planes = sampleSquare(head.picture, square, side, BYTES)
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

/** True when a square found lies on a placed face. */
export function hits(found: Square, placed: Placed): boolean {
  const distance = Math.hypot(found.centre[0] - placed.centre[0], found.centre[1] - placed.centre[1])
  const ratio = found.side / placed.size
  return distance < 0.35 * placed.size && ratio > 0.6 && ratio < 1.67
}
