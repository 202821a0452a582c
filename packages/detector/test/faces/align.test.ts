import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { alignFace, frameMesh } from '../../src/faces/align.ts'
import { sampleSquare } from '../../src/faces/sample-square.ts'
import { loadPicture, loadReal } from './heads.ts'
import { seeded } from './scenes.ts'

const GOLDEN = join(import.meta.dirname, '../../../../testdata/golden')
const BYTES = { scale: 1, offset: 0 }

/** 468 points about a place, with the outer eye corners where they must be. */
function meshOf(seed: number): Float32Array {
  const random = seeded(seed)
  const points = Float32Array.from({ length: 1404 }, () => 100 + random() * 80)
  points.set([120, 130, 0], 3 * 33)
  points.set([165, 133, 0], 3 * 263)
  return points
}

const moved = (points: Float32Array, scale: number, angle: number, dx: number, dy: number): Float32Array => {
  const [cos, sin] = [Math.cos(angle) * scale, Math.sin(angle) * scale]
  return points.map((value, i) => {
    if (i % 3 === 2) return value * scale
    const [x, y] = i % 3 === 0 ? [value, points[i + 1]!] : [points[i - 1]!, value]
    return i % 3 === 0 ? x * cos - y * sin + dx : x * sin + y * cos + dy
  })
}

const wrap = (angle: number) => Math.atan2(Math.sin(angle), Math.cos(angle))

test('the square turns, grows and moves with the mesh', () => {
  const scale = fc.double({ min: 0.2, max: 5, noNaN: true })
  const angle = fc.double({ min: -Math.PI, max: Math.PI, noNaN: true })
  const shift = fc.double({ min: -500, max: 500, noNaN: true })
  fc.assert(
    fc.property(fc.nat(99), scale, angle, shift, shift, (seed, factor, turn, dx, dy) => {
      const points = meshOf(seed)
      const before = frameMesh({ points, presence: 1 })
      const after = frameMesh({ points: moved(points, factor, turn, dx, dy), presence: 1 })
      const [cos, sin] = [Math.cos(turn) * factor, Math.sin(turn) * factor]
      const [x, y] = before.centre
      expect(after.side).toBeCloseTo(before.side * factor, 2)
      expect(after.centre[0]).toBeCloseTo(x * cos - y * sin + dx, 1)
      expect(after.centre[1]).toBeCloseTo(x * sin + y * cos + dy, 1)
      expect(wrap(after.roll - before.roll - turn)).toBeCloseTo(0, 4)
    }),
  )
})

test('every point of the mesh lies inside a crop without margin, and touches two opposite edges', () => {
  fc.assert(
    fc.property(fc.nat(999), (seed) => {
      const points = meshOf(seed)
      const { centre, side, roll } = frameMesh({ points, presence: 1 })
      const level = moved(points, 1, -roll, 0, 0)
      const middle = moved(Float32Array.of(centre[0], centre[1], 0), 1, -roll, 0, 0)
      let [width, height] = [0, 0]
      for (let i = 0; i < level.length; i += 3) {
        width = Math.max(width, Math.abs(level[i]! - middle[0]!))
        height = Math.max(height, Math.abs(level[i + 1]! - middle[1]!))
      }
      expect(2 * Math.max(width, height)).toBeCloseTo(side, 2)
    }),
  )
})

describe('crops that another implementation made', async () => {
  const golden: Record<string, { centre: [number, number]; crop_side: number; roll_degrees: number }> =
    JSON.parse(await readFile(join(GOLDEN, 'portraits.json'), 'utf8'))
  // The squares are given to a tenth of a pixel, which alone changes textures by about a level.
  test.each(Object.keys(golden))('%s: the same pixels', async (name) => {
    const { centre, crop_side, roll_degrees } = golden[name]!
    const theirs = await loadPicture(join(GOLDEN, name.replace(/\.\w+$/, '.crop.png')))
    const picture = await loadReal(name)
    const difference = (dx: number, dy: number) => {
      const square = {
        centre: [centre[0] + dx, centre[1] + dy] as [number, number],
        side: crop_side,
        roll: (roll_degrees * Math.PI) / 180,
      }
      const ours = sampleSquare(picture, square, 224, BYTES)
      let sum = 0
      for (let i = 0; i < 224 * 224; i++) {
        for (let c = 0; c < 3; c++) sum += Math.abs(ours[c * 224 * 224 + i]! - theirs.data[3 * i + c]!)
      }
      return sum / (3 * 224 * 224)
    }
    const here = difference(0, 0)
    expect(here).toBeLessThan(2.5)
    // half a pixel off is clearly worse in every direction: the corner of a pixel, not its middle, is the origin
    for (const [dx, dy] of [
      [0.5, 0],
      [-0.5, 0],
      [0, 0.5],
      [0, -0.5],
    ] as const) {
      expect(difference(dx, dy)).toBeGreaterThan(1.3 * here)
    }
  })
})

test('margin and size are the caller’s', async () => {
  const picture = await loadReal('astronaut.png')
  const points = meshOf(1)
  const narrow = alignFace(picture, { points, presence: 1 }, { margin: 1.3, size: 224 })
  const wide = alignFace(picture, { points, presence: 1 }, { margin: 1.6, size: 288 })
  expect(wide.pixels).toHaveLength(3 * 288 * 288)
  expect(wide.transform.side / narrow.transform.side).toBeCloseTo(1.6 / 1.3)
  expect(wide.transform.centre).toEqual(narrow.transform.centre)
  expect(Math.max(...narrow.pixels.subarray(0, 224 * 224))).toBeLessThanOrEqual(1)
})
