import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromLab, toLab } from '../../src/forge/picture/cie-lab.ts'
import { matchColour } from '../../src/forge/picture/colour-transfer.ts'
import { seeded } from '../../src/forge/seeded-random.ts'

const channel = fc.double({ min: 0, max: 1, noNaN: true })

describe('L*a*b*', () => {
  it('gives the published values of the sRGB primaries', () => {
    const lab = toLab(Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1))
    const expected = [53.24, 80.09, 67.2, 87.73, -86.18, 83.18, 32.3, 79.19, -107.86, 100, 0, 0]
    expect(Array.from(lab)).toEqual(expected.map((value) => expect.closeTo(value, 1)))
  })

  it('comes back to the same colour', () => {
    fc.assert(
      fc.property(channel, channel, channel, (r, g, b) => {
        const back = fromLab(toLab(Float32Array.of(r, g, b)))
        expect(Array.from(back)).toEqual([r, g, b].map((value) => expect.closeTo(value, 2)))
      }),
    )
  })
})

describe('matchColour', () => {
  it('takes over the mean and the spread under the mask', () => {
    const random = seeded(5)
    const window = { x: 0, y: 0, width: 20, height: 20 }
    const noise = (mean: readonly number[], size: number) =>
      Float32Array.from({ length: 1200 }, (_, i) => mean[i % 3]! + size * random.uniform(-1, 1))
    const like = { ...window, rgb: noise([0.6, 0.5, 0.4], 0.1) }
    const mask = Float32Array.from({ length: 400 }, (_, i) => (i % 20 < 12 ? 1 : 0))
    const matched = matchColour({ ...window, rgb: noise([0.3, 0.35, 0.4], 0.08) }, like, mask)
    const mean = (rgb: Float32Array, c: number) => {
      const lab = toLab(rgb)
      return mask.reduce((sum, weight, i) => sum + weight * lab[3 * i + c]!, 0) / 240
    }
    for (const c of [0, 1, 2]) expect(mean(matched.rgb, c)).toBeCloseTo(mean(like.rgb, c), 0)
  })
})
