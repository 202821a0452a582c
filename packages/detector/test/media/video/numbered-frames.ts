import type { Frame } from '@unswap/detector'
import { expect } from 'vitest'

/** Where the square that tells the number of a frame lies. */
export type Corner = 'top left' | 'top right' | 'bottom left' | 'bottom right'

/** RGB in the middle of the square of `side` pixels in a corner. */
export function cornerColour(frame: Frame, corner: Corner, side = 16): number[] {
  const x = corner.endsWith('left') ? side / 2 : frame.width - side / 2
  const y = corner.startsWith('top') ? side / 2 : frame.height - side / 2
  const at = (Math.floor(y) * frame.width + Math.floor(x)) * 3
  return [...frame.data.subarray(at, at + 3)]
}

/** Luma of a grey, from limited range. */
export function lumaOf([red = 0]: number[]): number {
  return (red * 219) / 255 + 16
}

/** How far the lines of the top left square differ from those above them, in levels: 3.5 where they show two source frames. */
export function combing({ data, width }: Frame): number {
  let sum = 0
  for (let y = 4; y < 12; y++) sum += Math.abs(data[(y * width + 8) * 3]! - data[((y - 1) * width + 8) * 3]!)
  return sum / 8
}

/** Mean over the pixels, as decibels under the highest value; infinite for equal pictures. */
export function psnr(a: Uint8Array, b: Uint8Array): number {
  let sum = 0
  for (let at = 0; at < a.length; at++) sum += (a[at]! - b[at]!) ** 2
  return 10 * Math.log10((255 * 255 * a.length) / sum)
}

export async function collect(frames: AsyncIterable<Frame>): Promise<Frame[]> {
  const all: Frame[] = []
  for await (const frame of frames) all.push(frame)
  return all
}

/** Numbers read from pictures that lost a little in coding: none is as far off as a neighbour, and most are close. */
export function expectNumbers(shown: readonly number[], numbers: readonly number[]): void {
  expect(shown).toHaveLength(numbers.length)
  const off = shown.map((number, order) => Math.abs(number - numbers[order]!))
  expect(Math.max(...off)).toBeLessThan(0.98)
  expect(off.reduce((sum, value) => sum + value, 0) / off.length).toBeLessThan(0.3)
}
