import type { Report } from '@unswap/contract'
import { expect, test } from 'vitest'
import { frequency } from '../../../src/format.ts'
import { calibrationOf } from '../../../src/result/verdict/report-calibration.ts'

const reportOf = (priors: (number | undefined)[], bands?: object) =>
  ({
    models: priors.map((prior) => ({ calibration: prior === undefined ? {} : { prior } })),
    faces: [{ id: 'face-1' }, { id: 'face-2', ...(bands && { bands }) }],
    verdict: { faceId: 'face-2' },
  }) as unknown as Report
const bands = { authentic: 0.2, manipulated: 0.8, falsePositiveRate: 0.01 }

test('one model: its own prior, and the bands of the face that decided', () => {
  const { prior, ...rest } = calibrationOf(reportOf([0.1], bands))
  expect(prior).toBeCloseTo(0.1)
  expect(rest).toEqual(bands)
})

test('several models: priors joined on the scale of log-odds; a rate only where the face has one', () => {
  const joined = calibrationOf(reportOf([0.1, 0.9], { authentic: 0.3, manipulated: 0.8 }))
  expect(joined.prior).toBeCloseTo(0.5)
  expect(joined.authentic).toBe(0.3)
  expect(joined.falsePositiveRate).toBeNull()
})

test('an old report says nothing, and no prior where a model says none', () => {
  const nothing = { prior: null, authentic: null, manipulated: null, falsePositiveRate: null }
  expect(calibrationOf(reportOf([undefined]))).toEqual(nothing)
  expect(calibrationOf(reportOf([]))).toEqual(nothing)
  expect(calibrationOf(reportOf([0.1, undefined])).prior).toBeNull()
})

test.each([
  [0.5, '50 in 100'],
  [0.934, '93 in 100'],
  [0.002, '2 in 1000'],
  [0.9996, '999 in 1000'],
])('a share of %d is said as %s', (share, words) => {
  expect(frequency(share)).toBe(words)
})
