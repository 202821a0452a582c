import type { Report } from '@unswap/contract'
import { expect, test } from 'vitest'
import { frequency } from '../../../src/format.ts'
import { calibrationOf } from '../../../src/result/verdict/report-calibration.ts'

const reportOf = (...calibrations: object[]) =>
  ({ models: calibrations.map((calibration) => ({ calibration })) }) as unknown as Report
const bands = { authentic: 0.2, manipulated: 0.8, falsePositiveRate: 0.01 }

test('one model: its own prior and bands', () => {
  const { prior, ...rest } = calibrationOf(reportOf({ prior: 0.1, bands }))
  expect(prior).toBeCloseTo(0.1)
  expect(rest.authentic).toBeCloseTo(0.2)
  expect(rest.manipulated).toBeCloseTo(0.8)
  expect(rest.falsePositiveRate).toBe(0.01)
})

test('several models: joined on the scale of log-odds; a rate only where they share it', () => {
  const other = { prior: 0.9, bands: { authentic: 0.5, manipulated: 0.8, falsePositiveRate: 0.02 } }
  const joined = calibrationOf(reportOf({ prior: 0.1, bands }, other))
  expect(joined.prior).toBeCloseTo(0.5)
  expect(joined.authentic).toBeCloseTo(1 / 3)
  expect(joined.falsePositiveRate).toBeNull()
})

test('an old report says nothing, nor does one where a model says nothing', () => {
  const nothing = { prior: null, authentic: null, manipulated: null, falsePositiveRate: null }
  expect(calibrationOf(reportOf({}))).toEqual(nothing)
  expect(calibrationOf(reportOf())).toEqual(nothing)
  expect(calibrationOf(reportOf({ prior: 0.1, bands }, {}))).toEqual(nothing)
})

test.each([
  [0.5, '50 in 100'],
  [0.934, '93 in 100'],
  [0.002, '2 in 1000'],
  [0.9996, '999 in 1000'],
])('a share of %d is said as %s', (share, words) => {
  expect(frequency(share)).toBe(words)
})
