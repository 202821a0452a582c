import { describe, expect, it } from 'vitest'
import { maskInCrop, overlap } from '../../src/index.ts'

/** Left half manipulated. */
const mask = {
  width: 64,
  height: 64,
  data: Uint8Array.from({ length: 4096 }, (_, i) => (i % 64 < 32 ? 255 : 0)),
}

describe('maskInCrop', () => {
  it('shows the mask as the crop sees it', () => {
    const upright = maskInCrop(mask, { centre: [32, 32], side: 64, roll: 0 }, 4)
    expect(Array.from(upright.subarray(0, 4))).toEqual([1, 1, 0, 0])
    // turned by a quarter clockwise, the crop's right is the picture's down, its down the picture's left
    const turned = maskInCrop(mask, { centre: [32, 32], side: 64, roll: Math.PI / 2 }, 4)
    expect([0, 4, 8, 12].map((i) => turned[i])).toEqual([0, 0, 1, 1].map((v) => expect.closeTo(v, 5)))
  })

  it('is 0 outside the picture, and the share inside a cell', () => {
    const cells = maskInCrop(mask, { centre: [0, 32], side: 64, roll: 0 }, 2)
    expect(Array.from(cells)).toEqual([0, 1, 0, 1])
    expect(maskInCrop(mask, { centre: [32, 32], side: 64, roll: 0 }, 1)[0]).toBeCloseTo(0.5, 5)
  })
})

describe('overlap', () => {
  it('is intersection over union', () => {
    expect(overlap([0.9, 0.8, 0.1, 0.2], [1, 0, 1, 0])).toBeCloseTo(1 / 3, 12)
    expect(overlap([0, 0], [0, 0])).toBe(1)
    expect(overlap([1, 0], [0, 0])).toBe(0)
  })
})
