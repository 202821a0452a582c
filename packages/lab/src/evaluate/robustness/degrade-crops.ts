import sharp, { type Sharp } from 'sharp'
import { seeded } from '../../forge/seeded-random.ts'
import type { CropRow } from '../../preprocess/crop-row.ts'
import type { Square } from '../crops/detector-view.ts'
import { jitterCrop } from './jitter-crop.ts'
import { recodeH264 } from './recode-h264.ts'

/** One way to degrade a crop, as the robustness grids of the literature do. */
export interface Degradation {
  readonly kind:
    | 'none'
    | 'jpeg'
    | 'h264'
    | 'blur'
    | 'noise'
    | 'resize'
    | 'screenshot'
    | 'shift'
    | 'zoom'
    | 'turn'
  /**
   * `jpeg`: quality. `h264`: constant rate factor. `blur`: σ in pixels. `noise`: σ, 0..1. `resize`: pixels on a side.
   * `screenshot`: scale. `shift`: share of the side. `zoom`: factor. `turn`: degrees.
   */
  readonly level: number
  /** Of `resize`, there and back. */
  readonly kernel?: (typeof KERNELS)[number]
  /** In which the `screenshot` was kept. */
  readonly format?: 'png' | 'jpeg'
}

const KERNELS = ['nearest', 'linear', 'cubic', 'lanczos3'] as const

const levels = <K extends Degradation['kind']>(kind: K, ...values: readonly number[]) =>
  values.map((level) => ({ kind, level }) as const)

export const GRID: readonly Degradation[] = [
  { kind: 'none', level: 0 },
  ...levels('jpeg', 100, 80, 60, 40, 20, 10),
  ...levels('h264', 18, 23, 28, 34, 40),
  ...levels('blur', 1, 2, 3),
  ...levels('noise', 0.05, 0.1, 0.2),
  ...levels('resize', 224, 112, 64).flatMap((how) => KERNELS.map((kernel) => ({ ...how, kernel }))),
  ...levels('screenshot', 0.5, 1.5).flatMap((how) =>
    (['png', 'jpeg'] as const).map((format) => ({ ...how, format })),
  ),
  ...levels('shift', 0.05, 0.1),
  ...levels('zoom', 0.9, 1.1),
  ...levels('turn', 5, 10),
]

/**
 * The crops degraded, each alone; the same crop always in the same way.
 * @param squares of one size @param rows theirs
 * @throws UnswapError `decoder_missing` for `h264` without ffmpeg
 */
export async function degrade(
  squares: readonly Square[],
  rows: readonly CropRow[],
  how: Degradation,
): Promise<readonly Square[]> {
  if (how.kind === 'none') return squares
  if (how.kind === 'h264') return recodeH264(squares, how.level)
  return Promise.all(squares.map((square, i) => degradeOne(square, seedOf(rows[i]!), how)))
}

const seedOf = ({ hash, row }: CropRow) => Number.parseInt(hash.slice(0, 8), 16) + row

async function degradeOne(square: Square, seed: number, how: Degradation): Promise<Square> {
  const { size } = square
  switch (how.kind) {
    case 'jpeg':
      return decoded(await pictureOf(square).jpeg({ quality: how.level }).toBuffer())
    case 'blur':
      return decoded(await pictureOf(square).blur(how.level).png().toBuffer())
    case 'noise':
      return withNoise(square, how.level, seed)
    case 'resize': {
      const kernel = how.kernel ?? 'cubic'
      const small = await pictureOf(square).resize(how.level, how.level, { kernel }).png().toBuffer()
      return decoded(await sharp(small).resize(size, size, { kernel }).png().toBuffer())
    }
    case 'screenshot': {
      // what a viewer shows: scaled to the window and sharpened, then kept as it was on the screen
      const shown = Math.round(size * how.level)
      const screen = pictureOf(square).resize(shown, shown, { kernel: 'mitchell' }).sharpen({ sigma: 0.8 })
      return decoded(await (how.format === 'png' ? screen.png() : screen.jpeg({ quality: 90 })).toBuffer())
    }
    case 'shift':
    case 'zoom':
    case 'turn':
      return jitterCrop(square, how.kind, how.level, seed)
    default:
      return square
  }
}

const pictureOf = ({ size, rgb }: Square): Sharp =>
  sharp(rgb, { raw: { width: size, height: size, channels: 3 } })

async function decoded(encoded: Uint8Array): Promise<Square> {
  const { data, info } = await sharp(encoded).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  return { size: info.width, rgb: data }
}

function withNoise({ size, rgb }: Square, deviation: number, seed: number): Square {
  const random = seeded(seed)
  const noisy = Uint8Array.from(rgb, (value) =>
    Math.min(Math.max(Math.round(value + 255 * deviation * random.normal()), 0), 255),
  )
  return { size, rgb: noisy }
}
