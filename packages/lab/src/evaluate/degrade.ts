import sharp, { type Sharp } from 'sharp'
import { seeded } from '../forge/random.ts'
import type { CropRow } from '../preprocess/crop-row.ts'
import type { Square } from './view.ts'

/** One way to spoil a crop, as the robustness grids of the literature do. */
export interface Degradation {
  readonly kind: 'none' | 'jpeg' | 'blur' | 'noise' | 'resize'
  /** JPEG quality, σ of the blur in pixels, σ of the noise (0..1), or pixels on a side. */
  readonly level: number
  /** Of `resize`, there and back. */
  readonly kernel?: 'nearest' | 'linear' | 'cubic'
}

export const GRID: readonly Degradation[] = [
  { kind: 'none', level: 0 },
  ...[100, 80, 60, 40, 20, 10].map((level) => ({ kind: 'jpeg', level }) as const),
  ...[1, 2, 3].map((level) => ({ kind: 'blur', level }) as const),
  ...[0.05, 0.1, 0.2].map((level) => ({ kind: 'noise', level }) as const),
  ...[224, 112, 64].flatMap((level) =>
    (['nearest', 'linear', 'cubic'] as const).map((kernel) => ({ kind: 'resize', level, kernel }) as const),
  ),
]

/** The crop spoilt; the same crop always in the same way. */
export async function degrade(square: Square, row: CropRow, how: Degradation): Promise<Square> {
  const { size } = square
  switch (how.kind) {
    case 'none':
      return square
    case 'noise':
      return withNoise(square, how.level, Number.parseInt(row.hash.slice(0, 8), 16) + row.row)
    case 'jpeg':
      return raw(size, sharp(await pictureOf(square).jpeg({ quality: how.level }).toBuffer()))
    case 'blur':
      return raw(size, pictureOf(square).blur(how.level))
    case 'resize': {
      const kernel = how.kernel ?? 'cubic'
      const small = await pictureOf(square).resize(how.level, how.level, { kernel }).png().toBuffer()
      return raw(size, sharp(small).resize(size, size, { kernel }))
    }
  }
}

const pictureOf = ({ size, rgb }: Square): Sharp =>
  sharp(rgb, { raw: { width: size, height: size, channels: 3 } })

const raw = async (size: number, picture: Sharp): Promise<Square> => ({
  size,
  rgb: await picture.removeAlpha().raw().toBuffer(),
})

function withNoise({ size, rgb }: Square, deviation: number, seed: number): Square {
  const random = seeded(seed)
  const noisy = Uint8Array.from(rgb, (value) =>
    Math.min(Math.max(Math.round(value + 255 * deviation * random.normal()), 0), 255),
  )
  return { size, rgb: noisy }
}
