import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { placeLabels } from '../../../src/report/drawing/place-labels.ts'

const box = fc.record({
  x: fc.double({ min: -200, max: 900, noNaN: true }),
  y: fc.double({ min: -200, max: 700, noNaN: true }),
  width: fc.double({ min: 1, max: 600, noNaN: true }),
  height: fc.double({ min: 1, max: 600, noNaN: true }),
})
const request = fc.record({
  box,
  width: fc.double({ min: 1, max: 400, noNaN: true }),
  height: fc.double({ min: 1, max: 60, noNaN: true }),
})

describe('placeLabels', () => {
  test('a label never leaves the picture, wherever its box lies', () => {
    fc.assert(
      fc.property(
        fc.array(request, { maxLength: 30 }),
        fc.integer({ min: 1, max: 800 }),
        (requests, side) => {
          for (const [index, label] of placeLabels(requests, side, 600).labels.entries()) {
            if (label === null) {
              expect(requests[index]!.width > side || requests[index]!.height > 600).toBe(true)
              continue
            }
            expect(label.x).toBeGreaterThanOrEqual(0)
            expect(label.y).toBeGreaterThanOrEqual(0)
            expect(label.x + label.width).toBeLessThanOrEqual(side + 1e-9)
            expect(label.y + label.height).toBeLessThanOrEqual(600 + 1e-9)
          }
        },
      ),
    )
  })

  test('labels of neighbours do not cover each other while there is room', () => {
    const requests = [100, 140, 180].map((x) => ({
      box: { x, y: 200, width: 30, height: 40 },
      width: 90,
      height: 20,
    }))
    const { labels, hidden } = placeLabels(requests.slice(0, 2), 600, 400)
    expect(hidden).toBe(0)
    expect(labels[0]!.y).not.toBe(labels[1]!.y)
    expect(placeLabels(requests, 60, 400).hidden).toBeGreaterThanOrEqual(1)
  })
})
