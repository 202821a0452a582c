import { Calibration, PROBABILITY_BINS } from '@unswap/contract'
import fc from 'fast-check'
import Value from 'typebox/value'
import { describe, expect, it } from 'vitest'
import { seeded } from '../../src/forge/seeded-random.ts'
import {
  brierScore,
  compareFits,
  conformalBands,
  crossValidated,
  expectedCalibrationError,
  FITS,
  type FitName,
  fitCalibration,
  fitCurve,
  foldsByGroup,
  probabilityAt,
  type Sample,
  type SizedSample,
} from '../../src/index.ts'

/** Logits whose true log-odds are `factor · value + offset`. */
function drawn(count: number, factor: number, offset: number, seed = 1, side = 200): SizedSample[] {
  const random = seeded(seed)
  return Array.from({ length: count }, (_, i) => {
    const value = random.uniform(-6, 6)
    const fake = random.uniform(0, 1) < 1 / (1 + Math.exp(-factor * value - offset))
    return { label: fake ? 'fake' : 'real', value, group: `video-${side}-${i}`, side }
  })
}

describe('fits', () => {
  const samples = drawn(4000, 0.5, 1)

  it('platt finds the factor and the offset', () => {
    const calibrate = FITS.platt(samples)
    for (const value of [-4, 0, 3]) {
      expect(calibrate(value)).toBeCloseTo(1 / (1 + Math.exp(-0.5 * value - 1)), 1)
    }
  })

  it('temperature finds the factor alone', () => {
    const calibrate = FITS.temperature(drawn(4000, 0.5, 0))
    expect(calibrate(0)).toBe(0.5)
    expect(Math.log(calibrate(4) / (1 - calibrate(4))) / 4).toBeCloseTo(0.5, 1)
  })

  it('isotonic pools what is in the wrong order', () => {
    const labels = ['real', 'fake', 'real', 'fake'] as const
    const calibrate = FITS.isotonic(labels.map((label, value) => ({ label, value, group: `${value}` })))
    // 0 alone, then 1 and 2 pooled at 1.5 with one half fake, then 3
    expect([-9, 0, 0.75, 1.5, 3, 9].map(calibrate)).toEqual([0, 0, 0.25, 0.5, 1, 1])
  })

  it.each(Object.keys(FITS) as FitName[])(
    '%s never falls, stays inside 0..1 and improves a poor scale',
    (fit) => {
      const calibrate = FITS[fit](samples)
      const steps = Array.from({ length: 81 }, (_, i) => calibrate(-10 + i / 4))
      steps.forEach((p, i) => {
        expect(p).toBeGreaterThanOrEqual(Math.max(0, steps[i - 1] ?? 0) - 1e-12)
        expect(p).toBeLessThanOrEqual(1)
      })
      const asIs = samples.map((sample) => ({ ...sample, value: 1 / (1 + Math.exp(-3 * sample.value)) }))
      const held = crossValidated(samples, FITS[fit])
      expect(brierScore(held)).toBeLessThan(brierScore(asIs))
      if (fit !== 'temperature') expect(expectedCalibrationError(held)).toBeLessThan(0.04)
    },
  )

  it.each(Object.keys(FITS) as FitName[])('%s stays finite where the labels are separable', (fit) => {
    const apart = drawn(40, 0, 0).map(
      (sample) => ({ ...sample, label: sample.value > 0 ? 'fake' : 'real' }) as Sample,
    )
    const calibrate = FITS[fit](apart)
    expect(calibrate(5)).toBeGreaterThan(0.85)
    expect(calibrate(-5)).toBeLessThan(0.15)
  })

  it('puts the best by Brier score first', () => {
    const order = compareFits(drawn(1500, 0.5, 2))
    expect(order.map(({ fit }) => fit).at(-1)).toBe('temperature')
    expect(order[0]!.brierScore).toBeLessThanOrEqual(order[1]!.brierScore)
  })
})

describe('foldsByGroup', () => {
  it('keeps a video together and loses nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 10 }), (videos) => {
        const samples = videos.map(
          (video, i): Sample => ({ label: video % 2 ? 'fake' : 'real', value: i, group: `${video}` }),
        )
        const folds = foldsByGroup(samples, 3)
        expect(
          folds
            .flat()
            .map(({ value }) => value)
            .toSorted((a, b) => a - b),
        ).toEqual(videos.map((_, i) => i))
        for (const video of new Set(samples.map(({ group }) => group))) {
          expect(folds.filter((fold) => fold.some(({ group }) => group === video))).toHaveLength(1)
        }
      }),
    )
  })
})

describe('conformalBands', () => {
  it('keeps the promised rates on new samples', () => {
    const calibrate = (value: number) => 1 / (1 + Math.exp(-value))
    const judged = (seed: number) => drawn(600, 1, 0, seed).map((s) => ({ ...s, value: calibrate(s.value) }))
    const rates: number[] = []
    const misses: number[] = []
    for (let run = 0; run < 40; run++) {
      const bands = conformalBands(judged(run), { falsePositiveRate: 0.05, missRate: 0.1 })
      const fresh = judged(1000 + run)
      const share = (label: string, hit: (value: number) => boolean) => {
        const own = fresh.filter((sample) => sample.label === label)
        return own.filter(({ value }) => hit(value)).length / own.length
      }
      rates.push(share('real', (value) => value >= bands.manipulated))
      misses.push(share('fake', (value) => value <= bands.authentic))
    }
    const mean = (all: number[]) => all.reduce((a, b) => a + b, 0) / all.length
    expect(mean(rates)).toBeGreaterThan(0.03)
    expect(mean(rates)).toBeLessThan(0.058)
    expect(mean(misses)).toBeGreaterThan(0.07)
    expect(mean(misses)).toBeLessThan(0.11)
  })

  it('keeps its rate for any samples: of n + 1, each left out in turn, at most that share lies beyond its bound', () => {
    // exchangeability alone, no simulation: the new sample is equally likely to be any of the n + 1
    const value = fc.integer({ min: 1, max: 60 }).map((step) => step / 64)
    const many = fc.array(value, { minLength: 20, maxLength: 40 })
    fc.assert(
      fc.property(many, many, fc.constantFrom(0.06, 0.1, 0.25), (reals, fakes, rate) => {
        const sample = (label: Sample['label']) => (own: number, i: number) => ({
          label,
          value: own,
          group: `${i}`,
        })
        const rates = { falsePositiveRate: rate, missRate: rate }
        const beyond = (all: number[], judge: (rest: number[]) => (own: number) => boolean) =>
          all.filter((own, i) => judge(all.filter((_, k) => k !== i))(own)).length
        const accused = beyond(reals, (rest) => {
          const { manipulated } = conformalBands(
            [...rest.map(sample('real')), ...fakes.map(sample('fake'))],
            rates,
          )
          return (own) => own >= manipulated
        })
        const missed = beyond(fakes, (rest) => {
          const { authentic } = conformalBands(
            [...reals.map(sample('real')), ...rest.map(sample('fake'))],
            rates,
          )
          return (own) => own <= authentic
        })
        expect(accused).toBeLessThanOrEqual(rate * reals.length)
        expect(missed).toBeLessThanOrEqual(rate * fakes.length)
      }),
      { numRuns: 60 },
    )
  })

  it('refuses a rate that so few samples cannot show', () => {
    const few = drawn(40, 1, 0).map((sample) => ({ ...sample, value: 0.5 }))
    expect(() => conformalBands(few, { falsePositiveRate: 0.01, missRate: 0.1 })).toThrow(/at least 99 real/)
  })
})

describe('fitCalibration', () => {
  const options = {
    fittedOn: 'drawn numbers',
    fit: 'platt',
    prior: 0.5,
    minimumFrames: 4,
    falsePositiveRate: 0.05,
    missRate: 0.1,
  } as const

  it('is a valid calibration whose curves give the true probabilities', () => {
    const fitted = fitCalibration({ image: drawn(800, 0.7, 0, 2), video: drawn(600, 1, 0, 3) }, options)
    expect(Value.Check(Calibration, fitted)).toBe(true)
    expect(fitted.image.bands.authentic).toBeLessThan(fitted.image.bands.manipulated)
    expect(probabilityAt(fitted.image.curve, 2)).toBeCloseTo(1 / (1 + Math.exp(-1.4)), 1)
    expect(Math.max(...fitted.video.curve.spread)).toBeLessThan(1.5)
  })

  it('says less with a lower prior, and never falls along the curve', () => {
    const samples = drawn(400, 0.7, 0.3, 4)
    for (const fit of Object.values(FITS)) {
      const even = fitCurve(samples, fit, { prior: 0.5 })
      const rare = fitCurve(samples, fit, { prior: 0.05 })
      even.logOdds.forEach((odds, i) => {
        expect(odds).toBeGreaterThanOrEqual(even.logOdds[i - 1] ?? -Infinity)
        expect(rare.logOdds[i]!).toBeLessThanOrEqual(odds)
      })
    }
  })

  it('keeps its rate on new media although curve and bands come from the same ones', () => {
    const rates: number[] = []
    for (let run = 0; run < 10; run++) {
      const { curve, bands } = fitCalibration(
        { image: drawn(160, 1, 0, 50 + run), video: drawn(60, 1, 0) },
        options,
      ).image
      const reals = drawn(1500, 1, 0, 900 + run).filter(({ label }) => label === 'real')
      const accused = reals.filter(({ value }) => probabilityAt(curve, value) >= bands.manipulated)
      rates.push(accused.length / reals.length)
    }
    const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length
    expect(mean).toBeLessThan(0.06)
    expect(mean).toBeGreaterThan(0.02)
  })

  it.each(Object.keys(FITS) as FitName[])('starts a band of %s at a bound of the logit, exactly', (fit) => {
    const image = drawn(90, 1, 0, 21)
    const { curve, bands } = fitCalibration({ image, video: image }, { ...options, fit }).image
    const logits = (label: Sample['label']) =>
      image.flatMap((sample) => (sample.label === label ? [sample.value] : [])).toSorted((a, b) => a - b)
    const [reals, fakes] = [logits('real'), logits('fake')]
    const upper = reals[Math.ceil((reals.length + 1) * 0.95) - 1]!
    const lower = fakes[Math.floor((fakes.length + 1) * 0.1) - 1]!
    // so that no fit, however good or poor, can break the promised rates
    expect(bands.manipulated).toBeCloseTo(probabilityAt(curve, upper) + 1e-6, 12)
    expect(bands.authentic).toBeCloseTo(Math.min(probabilityAt(curve, lower), bands.manipulated) - 1e-6, 12)
  })

  it('gives small faces a curve of their own, and leaves strata with few media to the whole', () => {
    // below 112 pixels the logit says little, above it much; of the largest there are few
    const image = [...drawn(400, 0.2, 0, 5, 90), ...drawn(400, 1.5, 0, 6, 200), ...drawn(12, 1.5, 0, 7, 400)]
    const fitted = fitCalibration({ image, video: drawn(100, 1, 0) }, { ...options, strata: [112, 224] })
    expect(Value.Check(Calibration, fitted)).toBe(true)
    const { strata, curve, reference } = fitted.image
    expect(strata!.map(({ sideFrom, sideTo, samples }) => [sideFrom, sideTo, samples])).toEqual([
      [0, 112, 400],
      [112, 224, 400],
    ])
    const [small, large] = strata!
    expect(probabilityAt(small!.curve, 4)).toBeCloseTo(1 / (1 + Math.exp(-0.8)), 1)
    expect(probabilityAt(large!.curve, 4)).toBeGreaterThan(0.97)
    expect(probabilityAt(curve, 4)).toBeLessThan(probabilityAt(large!.curve, 4))
    const counted = [...reference!.real, ...reference!.fake].reduce((sum, count) => sum + count, 0)
    expect(counted).toBe(image.length)
    expect(reference!.real).toHaveLength(PROBABILITY_BINS.length)
    // small faces never get a high probability, so the high bins hold large ones, which are nearly all fake
    expect(reference!.fake.at(-1)).toBeGreaterThan(10 * reference!.real.at(-1)!)
  })
})
