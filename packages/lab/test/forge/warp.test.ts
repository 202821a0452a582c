import type { Picture } from '@unswap/detector'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { warpFace } from '../../src/forge/face/warp-face.ts'
import { blur } from '../../src/forge/picture/blur.ts'
import { seeded } from '../../src/forge/seeded-random.ts'

/** A linear ramp: bilinear sampling of it is exact, whatever the warp. */
const ramp = (width: number, height: number): Picture => ({
  width,
  height,
  data: Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3)
    return [2 * (pixel % width), 2 * Math.floor(pixel / width), 7][i % 3]!
  }),
})

const corners = Float64Array.of(5, 5, 95, 5, 95, 95, 5, 95, 40, 60, 70, 30)
const window = { x: 0, y: 0, width: 100, height: 100 }

describe('warpFace', () => {
  it('with the same points gives the same pixels', () => {
    const picture = ramp(100, 100)
    const { patch, covered } = warpFace(picture, corners, corners, window)
    let inside = 0
    covered.forEach((weight, i) => {
      if (weight === 0) return
      inside++
      for (let c = 0; c < 3; c++) expect(255 * patch.rgb[3 * i + c]!).toBeCloseTo(picture.data[3 * i + c]!, 3)
    })
    expect(inside).toBe(90 * 90)
  })

  it('follows any affine map exactly', () => {
    const share = fc.double({ min: -0.25, max: 0.25, noNaN: true })
    fc.assert(
      fc.property(share, share, share, share, (a, b, c, d) => {
        const to = (x: number, y: number): [number, number] => [
          50 + (1 + a) * 0.4 * (x - 50) + b * 0.4 * (y - 50),
          50 + c * 0.4 * (x - 50) + (1 + d) * 0.4 * (y - 50),
        ]
        const from = new Float64Array(corners.length)
        for (let i = 0; i < corners.length; i += 2) from.set(to(corners[i]!, corners[i + 1]!), i)
        const { patch } = warpFace(ramp(100, 100), from, corners, window)
        for (const [x, y] of [
          [20, 30],
          [50, 50],
          [77, 81],
        ] as const) {
          const [sx, sy] = to(x + 0.5, y + 0.5)
          const i = 3 * (100 * y + x)
          expect(255 * patch.rgb[i]!).toBeCloseTo(2 * (sx - 0.5), 2)
          expect(255 * patch.rgb[i + 1]!).toBeCloseTo(2 * (sy - 0.5), 2)
        }
      }),
      { numRuns: 25 },
    )
  })

  it('averages where the face shrinks, instead of picking pixels', () => {
    const stripes: Picture = {
      width: 200,
      height: 200,
      data: Uint8Array.from({ length: 120_000 }, (_, i) => (Math.floor(i / 3) % 2 === 0 ? 0 : 255)),
    }
    const small = corners.map((v) => v / 4)
    const { patch, covered } = warpFace(
      stripes,
      corners.map((v) => 2 * v),
      small,
      window,
    )
    covered.forEach((weight, i) => {
      if (weight > 0) expect(Math.abs(patch.rgb[3 * i]! - 0.5)).toBeLessThan(0.1)
    })
  })
})

describe('blur', () => {
  it('keeps a constant, and the sum of a spot away from the edge', () => {
    expect(Array.from(blur(new Float32Array(48).fill(0.25), 4, 4, 3, 2))).toEqual(
      Array.from({ length: 48 }, () => expect.closeTo(0.25, 5)),
    )
    const spot = new Float32Array(31 * 31)
    spot[15 * 31 + 15] = 1
    const soft = blur(spot, 31, 31, 1, 2)
    expect(soft.reduce((sum, v) => sum + v, 0)).toBeCloseTo(1, 4)
    expect(soft[15 * 31 + 15]).toBeCloseTo(1 / (2 * Math.PI * 4), 3)
  })
})

describe('seeded', () => {
  it('repeats itself, and differs between neighbouring seeds', () => {
    const draw = (seed: number) =>
      Array.from(
        { length: 5 },
        (
          (r) => () =>
            r.uniform(0, 1)
        )(seeded(seed)),
      )
    expect(draw(3)).toEqual(draw(3))
    expect(draw(3)).not.toEqual(draw(4))
  })

  it('is evenly spread and normal', () => {
    const random = seeded(11)
    const numbers = Array.from({ length: 20_000 }, () => random.uniform(0, 1))
    expect(numbers.reduce((a, b) => a + b) / 20_000).toBeCloseTo(0.5, 1)
    const normals = Array.from({ length: 20_000 }, () => random.normal())
    expect(normals.reduce((a, b) => a + b * b, 0) / 20_000).toBeCloseTo(1, 1)
  })
})
