import type { Calibration } from '@unswap/contract'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  areaUnderRisk,
  auc,
  averagePrecision,
  bootstrap,
  brierScore,
  equalErrorRate,
  expectedCalibrationError,
  type Label,
  perFrame,
  perVideo,
  probabilitiesOf,
  ratesAt,
  reliability,
  riskCoverage,
  type Sample,
} from '../../src/index.ts'

const real = (...values: number[]): Sample[] =>
  values.map((value, i) => ({ label: 'real', value, group: `real-${i}` }))
const fake = (...values: number[]): Sample[] =>
  values.map((value, i) => ({ label: 'fake', value, group: `fake-${i}` }))

const values = fc.array(fc.integer({ min: -6, max: 6 }), { minLength: 1, maxLength: 12 })

describe('auc', () => {
  it('is the textbook value', () => {
    // of the 4 pairs, .35 < .4 alone is the wrong way round
    expect(auc([...real(0.1, 0.4), ...fake(0.35, 0.8)])).toBe(0.75)
  })

  it('is the share of pairs in order, ties half, whatever the values', () => {
    fc.assert(
      fc.property(values, values, (reals, fakes) => {
        const wins = fakes.flatMap((f) => reals.map((r) => (f > r ? 1 : f === r ? 0.5 : 0)))
        const expected = wins.reduce<number>((sum, win) => sum + win, 0) / wins.length
        expect(auc([...fake(...fakes), ...real(...reals)])).toBeCloseTo(expected, 10)
      }),
    )
  })

  it('refuses one label alone, and a value that is not a number', () => {
    expect(() => auc(real(1, 2))).toThrow(/no fake sample/)
    expect(() => auc([...real(1), ...fake(Number.NaN)])).toThrow(/not a number/)
  })
})

describe('averagePrecision', () => {
  it('is the textbook value', () => {
    // order: fake (1/1), real, fake (2/3), real
    expect(averagePrecision([...real(0.1, 0.4), ...fake(0.35, 0.8)])).toBeCloseTo((1 + 2 / 3) / 2, 12)
  })

  it('is the share of fakes when every value is the same', () => {
    expect(averagePrecision([...real(1, 1, 1), ...fake(1)])).toBeCloseTo(0.25, 12)
  })
})

describe('equalErrorRate', () => {
  it('is 0 for perfect order, 1 for reversed, and 1/2 for one value', () => {
    expect(equalErrorRate([...real(1, 2), ...fake(3, 4)])).toBe(0)
    expect(equalErrorRate([...real(3, 4), ...fake(1, 2)])).toBe(1)
    expect(equalErrorRate([...real(1, 1), ...fake(1)])).toBe(0.5)
  })

  it('is where both errors meet', () => {
    // at threshold 4: one of four reals is called manipulated, one of four fakes is missed
    expect(equalErrorRate([...real(1, 2, 3, 5), ...fake(2.5, 4, 6, 7)])).toBe(0.25)
  })
})

describe('operating points', () => {
  const samples = [...real(1, 2, 3, 5), ...fake(2.5, 4, 6, 7)]

  it('counts errors and hits at a threshold', () => {
    expect(ratesAt(samples, 4)).toEqual({
      threshold: 4,
      falsePositiveRate: 0.25,
      truePositiveRate: 0.75,
      accuracy: 0.75,
    })
  })
})

describe('calibration measures', () => {
  const samples = [...real(0.1, 0.2, 0.7), ...fake(0.8, 0.9, 0.3)]

  it('match values worked by hand', () => {
    expect(brierScore(samples)).toBeCloseTo((0.01 + 0.04 + 0.49 + 0.04 + 0.01 + 0.49) / 6, 12)
    // bins 0-.5: mean .2, 1/3 fake; .5-1: mean .8, 2/3 fake
    expect(expectedCalibrationError(samples, 2)).toBeCloseTo(0.4 / 3, 12)
  })

  it('weigh reals and fakes to the share that was assumed', () => {
    // 3 fakes for each real, weighted to one for one: as if every real had been there three times
    const few = [...real(0.1, 0.7), ...fake(0.8, 0.9, 0.3, 0.6, 0.2, 0.95)]
    const many = [...few, ...real(0.1, 0.7, 0.1, 0.7)]
    const weighted = few.map((one) => ({ ...one, weight: one.label === 'real' ? 1.5 : 0.5 }))
    expect(brierScore(weighted)).toBeCloseTo(brierScore(many), 12)
    expect(expectedCalibrationError(weighted)).toBeCloseTo(expectedCalibrationError(many), 12)
    expect(areaUnderRisk(riskCoverage(weighted, 0.5))).toBeCloseTo(areaUnderRisk(riskCoverage(many, 0.5)), 12)
  })

  it('a true probability stays true however many fakes a data set holds', () => {
    const value = (label: Label, i: number) => (label === 'fake' ? 1.5 : -1.5) + Math.sin(i * 12.9898) * 3
    const media = (label: Label, count: number) =>
      Array.from({ length: count }, (_, i) => ({
        ...{ label, value: value(label, i), group: `${label}${i}`, kind: 'image' as const, side: 200 },
      }))
    const part = { bands: { authentic: 0.3, manipulated: 0.7, falsePositiveRate: 0.05 }, samples: 1 }
    const knots = { knots: [-5, 5], logOdds: [-5, 5], spread: [0, 0] }
    const calibration: Calibration = {
      status: 'fitted',
      fittedOn: '',
      prior: 0.5,
      minimumFrames: 1,
      image: { ...part, curve: knots },
      video: { ...part, curve: knots },
    }
    const figures = (reals: number, fakes: number) =>
      probabilitiesOf([...media('real', reals), ...media('fake', fakes)], calibration)!
    const [even, five] = [figures(600, 600), figures(120, 600)]
    expect(five.expectedCalibrationError).toBeCloseTo(even.expectedCalibrationError, 1)
    expect(five.brierScore).toBeCloseTo(even.brierScore, 2)
  })

  it('puts every sample into one bin, the value 1 included', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1 }), (all) => {
        expect(reliability(real(...all, 1)).reduce((sum, { count }) => sum + count, 0)).toBe(all.length + 1)
      }),
    )
  })
})

describe('riskCoverage', () => {
  it('answers the surest first', () => {
    const points = riskCoverage([...real(0.1, 0.6), ...fake(0.95, 0.3)], 0.5)
    expect(points.map(({ coverage }) => coverage)).toEqual([0.25, 0.5, 0.75, 1])
    expect(points.map(({ risk }) => risk)).toEqual([0, 0, 1 / 3, 0.5])
    expect(areaUnderRisk(points)).toBeCloseTo((1 / 3 + 1 / 2) / 4, 12)
  })
})

describe('bootstrap', () => {
  const share = (samples: readonly Sample[]) => ratesAt(samples, 0.5).truePositiveRate

  it('holds the true value about as often as it says', () => {
    let held = 0
    for (let run = 0; run < 60; run++) {
      const drawn = Array.from({ length: 40 }, (_, i) => ((i * 7919 + run * 104729) % 1000) / 1000)
      const { interval } = bootstrap([...fake(...drawn), ...real(0)], share, { draws: 200, seed: run })
      if (interval && interval[0] <= 0.5 && interval[1] >= 0.5) held++
    }
    expect(held).toBeGreaterThanOrEqual(50)
  })

  it('is wider when the frames belong to few videos', () => {
    const frames = Array.from({ length: 60 }, (_, i) => (i < 30 ? 1 : 0))
    const apart = fake(...frames)
    const together = apart.map((sample, i) => ({ ...sample, group: `video-${Math.floor(i / 15)}` }))
    const width = (samples: Sample[]) => {
      const { interval } = bootstrap([...samples, ...real(0)], share)
      return interval![1] - interval![0]
    }
    expect(width(together)).toBeGreaterThan(2 * width(apart))
  })

  it('repeats itself', () => {
    const samples = [...real(0.1, 0.4, 0.2), ...fake(0.35, 0.8)]
    expect(bootstrap(samples, auc)).toEqual(bootstrap(samples, auc))
  })
})

describe('from faces to videos', () => {
  it('takes the highest large face of a frame, then the mean over frames', () => {
    const face = (frame: number, side: number, value: number) =>
      ({ label: 'fake', video: 'a', frame, side, value }) as const
    const frames = perFrame([face(0, 100, 1), face(0, 60, 3), face(0, 40, 9), face(1, 80, -1)])
    expect(frames.map(({ value }) => value)).toEqual([3, -1])
    expect(perVideo(frames)).toEqual([{ label: 'fake', value: 1, group: 'a' }])
  })
})
