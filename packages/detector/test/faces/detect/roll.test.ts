import { expect, test } from 'vitest'
import { eyesAboveMouth, isTurned, rollBetween, rollOf, turnsOf } from '../../../src/faces/detect/roll.ts'
import type { Detection } from '../../../src/faces/face.ts'
import { seeded } from '../scenes.ts'

/** An upright face of random proportions, with some noise, turned by `roll`. */
function randomFace(random: () => number, roll: number): Detection {
  const [eyes, drop, scale] = [0.6 + random(), 0.7 + random(), 1 + 400 * random()]
  const noise = () => 0.05 * (random() - 0.5)
  const level = [
    [-eyes / 2, 0],
    [eyes / 2, 0],
    [0, drop / 2],
    [-eyes / 3, drop],
    [eyes / 3, drop],
  ] as const
  const [cos, sin] = [Math.cos(roll) * scale, Math.sin(roll) * scale]
  const [left, top] = [2000 * random() - 1000, 2000 * random() - 1000]
  const landmarks = level.map(([x, y]) => {
    const [u, v] = [x + noise(), y + noise()]
    return [left + u * cos - v * sin, top + u * sin + v * cos] as const
  })
  return {
    box: { x: left, y: top, width: scale, height: scale },
    landmarks: landmarks as unknown as Detection['landmarks'],
    score: 1,
  }
}

test('eyes are above the mouth in a crop turned with the face, and below it in the opposite one', () => {
  const random = seeded(1)
  for (let i = 0; i < 2000; i++) {
    const roll = 2 * Math.PI * random()
    const face = randomFace(random, roll)
    const off = (random() - 0.5) * ((160 * Math.PI) / 180)
    expect(eyesAboveMouth(face, roll + off)).toBe(true)
    expect(eyesAboveMouth(face, roll + off + Math.PI)).toBe(false)
    expect(rollBetween(rollOf(face), roll)).toBeLessThan(0.2)
  }
})

test('each turned face names the quarter turn in which it is upright', () => {
  const random = seeded(2)
  const degrees = (values: readonly number[]) => values.map((value) => Math.round((value * 180) / Math.PI))
  const turnsAt = (...rolls: number[]) =>
    degrees(turnsOf(rolls.map((roll) => ({ detection: randomFace(random, (roll * Math.PI) / 180) }))))
  expect(turnsAt(0, 30, -30)).toEqual([])
  expect(turnsAt(100)).toEqual([90])
  expect(turnsAt(-70, 5, 200)).toEqual([-90, 180])
  expect(isTurned(randomFace(random, 1.2))).toBe(true)
  expect(isTurned(randomFace(random, -0.5))).toBe(false)
})
