import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sampleSquare } from '../../src/faces/sample-square.ts'
import type { Picture } from '../../src/media/frame.ts'
import { seeded } from './scenes.ts'

const BYTES = { scale: 1, offset: 0 }

function noise(width: number, height: number, seed: number): Picture {
  const random = seeded(seed)
  return { width, height, data: Uint8Array.from({ length: width * height * 3 }, () => random() * 256) }
}

const flat = (width: number, height: number, value: number): Picture => ({
  width,
  height,
  data: new Uint8Array(width * height * 3).fill(value),
})

test('an upright square on whole pixels is copied exactly; outside is black', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 3, max: 24 }),
      fc.integer({ min: 3, max: 24 }),
      fc.integer({ min: 1, max: 16 }),
      fc.integer({ min: -20, max: 30 }),
      fc.integer({ min: -20, max: 30 }),
      (width, height, size, left, top) => {
        const picture = noise(width, height, 1)
        const square = { centre: [left + size / 2, top + size / 2] as [number, number], side: size, roll: 0 }
        const out = sampleSquare(picture, square, size, BYTES)
        for (let y = 0; y < size; y++) {
          for (let x = 0; x < size; x++) {
            const [px, py] = [left + x, top + y]
            const within = px >= 0 && py >= 0 && px < width && py < height
            for (let c = 0; c < 3; c++) {
              const expected = within ? picture.data[(py * width + px) * 3 + c]! : 0
              expect(out[(c * size + y) * size + x]).toBe(expected)
            }
          }
        }
      },
    ),
  )
})

test('quarter turns permute the pixels', () => {
  const picture = noise(16, 16, 2)
  const at = (roll: number) => sampleSquare(picture, { centre: [8, 8], side: 16, roll }, 16, BYTES)
  const [upright, turned] = [at(0), at(Math.PI / 2)]
  for (let y = 0; y < 16; y++) {
    // to the right in the result is down in the picture
    for (let x = 0; x < 16; x++) expect(turned[y * 16 + x]).toBeCloseTo(upright[x * 16 + 15 - y]!, 3)
  }
})

test('no turn by eighths of any small picture reads beyond it', () => {
  for (const [width, height] of [
    [48, 64],
    [64, 48],
    [1, 1],
    [2, 7],
    [33, 33],
  ] as const) {
    const picture = flat(width, height, 200)
    for (let eighth = -8; eighth <= 8; eighth++) {
      for (const side of [Math.min(width, height), Math.max(width, height), width + height]) {
        const square = {
          centre: [width / 2, height / 2] as [number, number],
          side,
          roll: (eighth * Math.PI) / 4,
        }
        for (const quick of [true, false]) {
          const out = sampleSquare(picture, square, 192, { ...BYTES, quick })
          // black outside, the colour inside, mixtures at the edge: and never anything that is no number
          expect(out.every((value) => value >= 0 && value < 200.01)).toBe(true)
        }
      }
    }
  }
})

test('a flat colour stays flat at any place, scale and roll inside the picture', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 1, max: 60, noNaN: true }),
      fc.double({ min: -Math.PI, max: Math.PI, noNaN: true }),
      (side, roll) => {
        const out = sampleSquare(flat(128, 128, 77), { centre: [64, 64], side, roll }, 9, BYTES)
        for (const value of out) expect(value).toBeCloseTo(77, 3)
      },
    ),
  )
})

test('shrinking does not alias: fine stripes and noise become even grey', () => {
  const stripes = flat(512, 512, 0)
  for (let i = 0; i < stripes.data.length; i++) stripes.data[i] = Math.floor(i / 3) % 2 ? 255 : 0
  for (const shrink of [2, 3, 4.7, 8, 13]) {
    const square = { centre: [256, 256] as [number, number], side: 32 * shrink, roll: 0 }
    const out = sampleSquare(stripes, square, 32, BYTES)
    const mean = out.reduce((sum, value) => sum + value, 0) / out.length
    const spread = Math.sqrt(out.reduce((sum, value) => sum + (value - mean) ** 2, 0) / out.length)
    expect(Math.abs(mean - 127.5)).toBeLessThan(2)
    expect(spread).toBeLessThan(20)
  }
})

test('the amount of blur grows evenly with the scale, with no jump where a smaller picture takes over', () => {
  const picture = noise(512, 512, 4)
  const spreadAt = (scale: number) => {
    const out = sampleSquare(picture, { centre: [256.3, 256.7], side: 48 * scale, roll: 0.2 }, 48, BYTES)
    const mean = out.reduce((sum, value) => sum + value, 0) / out.length
    return Math.sqrt(out.reduce((sum, value) => sum + (value - mean) ** 2, 0) / out.length)
  }
  expect(spreadAt(2.02) / spreadAt(1.98)).toBeGreaterThan(0.75)
  expect(spreadAt(2.02) / spreadAt(1.98)).toBeLessThan(1.25)
  expect(spreadAt(4) / spreadAt(1)).toBeLessThan(0.45)
})

test('scale and offset apply to every value, also outside', () => {
  const range = { scale: 1 / 127.5, offset: -1 }
  const out = sampleSquare(flat(8, 8, 255), { centre: [0, 4], side: 8, roll: 0 }, 8, range)
  expect(out[0]).toBeCloseTo(-1)
  expect(out[7]).toBeCloseTo(1)
})
