import type { ClassifierManifest } from '@unswap/contract'
import { type CropSpec, isSameSpec } from '../faces/align.ts'
import type { FaceCrop } from '../faces/face.ts'
import type { FloatTensor } from '../onnx/tensor.ts'

type InputLayout = ClassifierManifest['input']

/** What an input is made from: a crop of a face, or a golden crop. */
export type InputCrop = Pick<FaceCrop, 'margin' | 'size' | 'pixels'>

/**
 * The crop of a face that a network's input is made from: the one of its margin and size, else the tightest that shows
 * as much as it declares.
 * @throws RangeError when every crop shows less
 */
export function cropFor<Crop extends InputCrop>(crops: readonly Crop[], input: CropSpec): Crop {
  const exact = crops.find((crop) => isSameSpec(crop, input))
  const [tightest] = crops
    .filter(({ margin }) => margin >= input.margin)
    .toSorted((a, b) => a.margin - b.margin)
  const chosen = exact ?? tightest
  if (chosen) return chosen
  throw new RangeError(
    `A classifier needs a crop with the margin ${input.margin}; the crops given show less.`,
  )
}

/**
 * The input tensor of a network: (RGB 0..1 − mean) / deviation, resampled to its margin and size, in its layout. It has
 * one row per crop; with `flip` the mirror images of all crops follow in the same order.
 */
export function inputOf(crops: readonly InputCrop[], input: InputLayout, flip = false): FloatTensor {
  const { size } = input
  const length = 3 * size * size
  const rows = crops.length * (flip ? 2 : 1)
  const data = new Float32Array(rows * length)
  crops.forEach((crop, row) => {
    const share = input.margin / crop.margin
    const pixels =
      crop.size === size && share === 1 ? crop.pixels : resample(crop.pixels, crop.size, size, share)
    write(pixels, input, false, data, row * length)
    if (flip) write(pixels, input, true, data, (row + crops.length) * length)
  })
  return { data, dims: input.layout === 'nchw' ? [rows, 3, size, size] : [rows, size, size, 3] }
}

function write(pixels: Float32Array, input: InputLayout, mirrored: boolean, out: Float32Array, at: number) {
  const { size, layout, mean, deviation } = input
  const area = size * size
  const planar = layout === 'nchw'
  for (let channel = 0; channel < 3; channel++) {
    const [offset, gain] = [mean[channel]!, 1 / deviation[channel]!]
    const to = at + (planar ? channel * area : channel)
    const step = planar ? 1 : 3
    for (let y = 0; y < size; y++) {
      const row = channel * area + y * size
      for (let x = 0; x < size; x++) {
        const from = mirrored ? row + size - 1 - x : row + x
        out[to + (y * size + x) * step] = (pixels[from]! - offset) * gain
      }
    }
  }
}

/** Planar RGB from × from → to × to, of the central `share`: a triangle filter that widens when it shrinks. */
function resample(pixels: Float32Array, from: number, to: number, share: number): Float32Array {
  const taps = tapsOf(from, to, share)
  const rows = new Float32Array(3 * from * to)
  for (let line = 0; line < 3 * from; line++) {
    for (let x = 0; x < to; x++) rows[line * to + x] = filtered(pixels, taps[x]!, line * from, 1)
  }
  const out = new Float32Array(3 * to * to)
  for (let channel = 0; channel < 3; channel++) {
    for (let y = 0; y < to; y++) {
      for (let x = 0; x < to; x++) {
        out[(channel * to + y) * to + x] = filtered(rows, taps[y]!, channel * from * to + x, to)
      }
    }
  }
  return out
}

interface Taps {
  readonly first: number
  readonly weights: readonly number[]
}

function filtered(values: Float32Array, { first, weights }: Taps, at: number, step: number): number {
  let sum = 0
  for (let i = 0; i < weights.length; i++) sum += values[at + (first + i) * step]! * weights[i]!
  return sum
}

function tapsOf(from: number, to: number, share: number): Taps[] {
  const scale = (from * share) / to
  const reach = Math.max(1, scale)
  const start = (from * (1 - share)) / 2
  return Array.from({ length: to }, (_, i) => {
    const centre = start + (i + 0.5) * scale - 0.5
    const first = Math.max(0, Math.ceil(centre - reach))
    const last = Math.min(from - 1, Math.floor(centre + reach))
    const raw = Array.from({ length: last - first + 1 }, (_, k) =>
      Math.max(0, 1 - Math.abs(first + k - centre) / reach),
    )
    const total = raw.reduce((sum, weight) => sum + weight, 0)
    return { first, weights: raw.map((weight) => weight / total) }
  })
}
