import { expect, test } from 'vitest'
import { calibrateHonestly } from '../../src/index.ts'

/** Videos of each label, the fakes two logits higher; two in each group of five overlap. */
const videos = (reals: number, fakes: number) =>
  [...Array(reals + fakes).keys()].map((i) => ({
    label: i < reals ? ('real' as const) : ('fake' as const),
    value: ((i * 7) % 5) - 2 + (i < reals ? 0 : 2),
    group: `v${i}`,
    kind: 'video' as const,
    side: 200,
  }))

test('enough media promise the rates', () => {
  const { status, fittedOn, video } = calibrateHonestly(videos(40, 40), '80 media of mine')
  expect([status, video.bands.falsePositiveRate]).toEqual(['fitted', 0.05])
  expect(fittedOn).toContain('80 media of mine')
})

test('too few are provisional, say why, and promise what they can', () => {
  const { status, fittedOn, video } = calibrateHonestly(videos(8, 20), '28 media of mine')
  expect(status).toBe('provisional')
  expect(fittedOn).toMatch(/28 media of mine; 8 real and 20 manipulated media are too few.*19 real/)
  expect(video.bands.falsePositiveRate).toBeCloseTo(1 / 9, 2)
})

test.each([
  [0, 0],
  [1, 30],
  [30, 0],
])('next to none (%i real, %i fake) judge nothing', (reals, fakes) => {
  const { status, fittedOn, image, video } = calibrateHonestly(videos(reals, fakes), 'mine')
  expect([status, fittedOn.startsWith('Nothing.')]).toEqual(['provisional', true])
  for (const { curve, bands } of [image, video]) {
    expect(curve.logOdds).toEqual([0, 0])
    expect(bands).toMatchObject({ authentic: 0, manipulated: 1 })
  }
})
