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

test('the smallest level is one pixel', () => {
  const top = pyramidOf({ width: 4, height: 2, data: new Uint8Array(24).fill(9) }).level(3)
  expect(top).toEqual({ width: 1, height: 1, data: Uint8Array.of(9, 9, 9) })
})
