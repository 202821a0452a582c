import { join } from 'node:path'
import sharp from 'sharp'
import { sampleSquare } from '../../src/faces/sample-square.ts'
import type { Picture } from '../../src/media/frame.ts'
import { REAL } from './heads.ts'

/** Makes a picture without a face. */
export type Background = (width: number, height: number, random: () => number) => Picture

/** Faceless parts: file, then left, top, width and height. */
const FACELESS: readonly (readonly [string, number, number, number, number])[] = [
  ['group-1.jpg', 200, 720, 1600, 560],
  ['group-2.jpg', 0, 620, 1920, 740],
  ['group-3.jpg', 0, 700, 1920, 650],
  ['group-4.jpg', 300, 620, 1500, 828],
  ['group-6.jpg', 400, 780, 1500, 757],
]

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
  const cut =
    (part: Picture): Background =>
    (width, height, random) => {
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
  const planes = sampleSquare(part, { centre: [x + side / 2, y + side / 2], side, roll: 0 }, size, {
    scale: 1,
    offset: 0,
  })
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
