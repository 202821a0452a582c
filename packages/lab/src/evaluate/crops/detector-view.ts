import type { CropSpec, FaceCrop } from '@unswap/detector'
import sharp from 'sharp'
import { detectorSide, STORED_CROP } from '../../preprocess/crop-geometry.ts'
import type { CropRow } from '../../preprocess/crop-row.ts'

/** A picture of RGB bytes, row by row. */
export interface Square {
  readonly size: number
  readonly rgb: Uint8Array
}

/** The stored crop of a row, brought to full size when it is smaller, as the trainer does. */
export async function decodeSquare(jpeg: Uint8Array): Promise<Square> {
  const { data, info } = await sharp(jpeg).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  const square = { size: info.width, rgb: data }
  return square.size === STORED_CROP.size ? square : enlarged(square, STORED_CROP.size)
}

/** What the detector's classifiers would see of a stored crop: its middle, once for each of their margins. */
export const viewsOf = (
  square: Square,
  row: Pick<CropRow, 'quality'>,
  inputs: readonly Pick<CropSpec, 'margin'>[],
): FaceCrop[] =>
  [...new Set(inputs.map(({ margin }) => Math.min(margin, STORED_CROP.margin)))].map((margin) =>
    viewOf(square, row, margin),
  )

/** The middle of a stored crop, as a crop of a smaller margin. */
export function viewOf(
  { size, rgb }: Square,
  { quality }: Pick<CropRow, 'quality'>,
  margin: number,
): FaceCrop {
  const seen = Math.round(detectorSide(size, margin))
  const from = Math.floor((size - seen) / 2)
  const pixels = new Float32Array(3 * seen * seen)
  for (let y = 0, to = 0; y < seen; y++) {
    for (let x = 0; x < seen; x++, to++) {
      const at = 3 * ((from + y) * size + from + x)
      for (let c = 0; c < 3; c++) pixels[c * seen * seen + to] = rgb[at + c]! / 255
    }
  }
  const side = detectorSide(quality.side, margin)
  return { margin, size: seen, pixels, transform: { centre: [0, 0], side, roll: 0 } }
}

/** Bilinear, pixel centres at halves: what OpenCV calls INTER_LINEAR. */
function enlarged({ size, rgb }: Square, to: number): Square {
  const out = new Uint8Array(3 * to * to)
  const places = Array.from({ length: to }, (_, i) => {
    const at = Math.min(Math.max(((i + 0.5) * size) / to - 0.5, 0), size - 1)
    const first = Math.floor(at)
    return { first, next: Math.min(first + 1, size - 1), share: at - first }
  })
  places.forEach((row, y) => {
    places.forEach((column, x) => {
      for (let c = 0; c < 3; c++) {
        const value = (line: number) => {
          const left = rgb[3 * (line * size + column.first) + c]!
          return left + column.share * (rgb[3 * (line * size + column.next) + c]! - left)
        }
        const above = value(row.first)
        out[3 * (y * to + x) + c] = Math.round(above + row.share * (value(row.next) - above))
      }
    })
  })
  return { size: to, rgb: out }
}
