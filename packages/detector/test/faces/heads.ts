import { join } from 'node:path'
import type { CropTransform } from '@unswap/contract'
import sharp from 'sharp'
import type { Picture } from '../../src/media/frame.ts'

export const REAL = join(import.meta.dirname, '../../../../testdata/real')

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

export interface Head {
  readonly picture: Picture
  readonly square: CropTransform
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
        square: { centre: [x, y], side, roll: (roll * Math.PI) / 180 } satisfies CropTransform,
      }))
    }),
  )
  return heads.flat()
}
