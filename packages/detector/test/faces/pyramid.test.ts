import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pyramidOf } from '../../src/faces/pyramid.ts'
import { seeded } from './scenes.ts'

test('a level holds the means of 2×2 pixels of the one before, whatever the size and place in memory', () => {
  const random = seeded(7)
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 0, max: 4 }),
      (width, height, offset) => {
        const data = new Uint8Array(new ArrayBuffer(offset + width * height * 3), offset)
        for (let i = 0; i < data.length; i++) data[i] = random() * 256
        const half = pyramidOf({ width, height, data }).level(1)
        expect([half.width, half.height]).toEqual([Math.ceil(width / 2), Math.ceil(height / 2)])
        const at = (x: number, y: number, c: number) =>
          data[(Math.min(y, height - 1) * width + Math.min(x, width - 1)) * 3 + c]!
        half.data.forEach((value, i) => {
          const [x, y, c] = [2 * (Math.floor(i / 3) % half.width), 2 * Math.floor(i / 3 / half.width), i % 3]
          const sum = at(x, y, c) + at(x + 1, y, c) + at(x, y + 1, c) + at(x + 1, y + 1, c)
          expect(value).toBe(Math.floor((sum + 2) / 4))
        })
      },
    ),
    { numRuns: 300 },
  )
})

test('rows that are asked for alone are those of the whole level', () => {
  const random = seeded(8)
  const data = Uint8Array.from({ length: 3 * 24 * 41 }, () => random() * 256)
  const picture = { width: 24, height: 41, data }
  const whole = pyramidOf({ ...picture }).level(2).data
  const pyramid = pyramidOf(picture)
  for (const [first, end] of [
    [3, 5],
    [-4, 1],
    [8, 30],
  ] as const) {
    const part = pyramid.level(2, first, end).data
    for (let i = Math.max(0, first) * 18; i < Math.min(end, 11) * 18; i++) expect(part[i]).toBe(whole[i])
  }
})

test('the smallest level is one pixel', () => {
  const top = pyramidOf({ width: 4, height: 2, data: new Uint8Array(24).fill(9) }).level(3)
  expect(top).toEqual({ width: 1, height: 1, data: Uint8Array.of(9, 9, 9) })
})
