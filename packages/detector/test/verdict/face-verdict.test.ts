import { BANDS, Verdict } from '@unswap/contract'
import fc from 'fast-check'
import Value from 'typebox/value'
import { describe, expect, it } from 'vitest'
import { sample, summarize } from '../temporal/samples.ts'
import { CALIBRATION, clip, codes, decide, MODEL, still } from './decisions.ts'

const logit = fc.double({ min: -8, max: 8, noNaN: true })
/** 0 authentic, 1 inconclusive, 2 manipulated. */
const rank = (band: Verdict['band']): number => BANDS.length - 1 - BANDS.indexOf(band)

describe('bands of a face', () => {
  it.each([
    [-3, 'likely_authentic', []],
    [0, 'inconclusive', ['between_bands']],
    [3, 'likely_manipulated', []],
  ])('puts a logit of %f into %s', (value, band, reasons) => {
    const { verdict } = decide(still([value]))
    expect(verdict.band).toBe(band)
    expect(codes(verdict)).toEqual(reasons)
    expect(verdict.probability).toBeCloseTo(1 / (1 + Math.exp(-value)), 5)
    expect(Value.Check(Verdict, verdict)).toBe(true)
  })

  it('includes the probability that a band starts at', () => {
    expect(decide(still([Math.log(4)])).verdict.band).toBe('likely_manipulated')
    expect(decide(still([-Math.log(4)])).verdict.band).toBe('likely_authentic')
  })

  it('never moves towards authentic as a logit rises', () => {
    const two = fc.tuple(logit, logit)
    fc.assert(
      fc.property(two, fc.double({ min: 0, max: 5, noNaN: true }), ([a, b], more) => {
        const models = [MODEL, MODEL]
        const [before, after] = [
          decide(still([a], [b]), { models }).verdict,
          decide(still([a + more], [b]), { models }).verdict,
        ]
        expect(rank(after.band)).toBeGreaterThanOrEqual(rank(before.band))
        expect(after.probability).toBeGreaterThanOrEqual(before.probability! - 1e-9)
      }),
    )
  })

  it('has reasons whenever it is inconclusive, and the probability within its interval', () => {
    fc.assert(
      fc.property(fc.array(logit, { minLength: 1, maxLength: 40 }), (logits) => {
        const { verdict } = clip(logits)
        expect(verdict.reasons.length > 0 || verdict.band !== 'inconclusive').toBe(true)
        if (verdict.probability === null) expect(verdict.band).toBe('inconclusive')
        else {
          expect(verdict.interval![0]).toBeLessThanOrEqual(verdict.probability)
          expect(verdict.interval![1]).toBeGreaterThanOrEqual(verdict.probability)
        }
      }),
    )
  })
})

describe('strata', () => {
  /** Small faces say half as much, and their bands are wider. */
  const small = {
    curve: { knots: [-4, 4], logOdds: [-2, 2], spread: [1, 1] },
    bands: { authentic: 0.1, manipulated: 0.9, falsePositiveRate: 0.02 },
    samples: 50,
    sideFrom: 64,
    sideTo: 112,
  }
  const models = [
    { ...MODEL, calibration: { ...CALIBRATION, image: { ...CALIBRATION.image, strata: [small] } } },
  ]
  const ofSide = (side: number) => {
    const { observation, ...rest } = sample({ logits: [3] })
    const seen = { ...observation, quality: { ...observation.quality, side } }
    return decide(summarize([{ ...rest, observation: seen }]), { models })
  }

  it('judge a face by its size, and others by the whole', () => {
    expect(ofSide(111).verdict).toMatchObject({ band: 'inconclusive', probability: expect.closeTo(0.818, 3) })
    for (const side of [112, 300]) {
      expect(ofSide(side).verdict).toMatchObject({
        band: 'likely_manipulated',
        probability: expect.closeTo(0.953, 3),
      })
    }
    expect([111, 112].map((side) => ofSide(side).bands)).toEqual([small.bands, CALIBRATION.image.bands])
  })
})

describe('the bands of a decision', () => {
  const { bands } = CALIBRATION.image

  it('are those that the face was judged by', () => {
    expect(decide(still([3])).bands).toEqual(bands)
  })

  it('are absent where there is no probability', () => {
    expect(decide(summarize([sample({ quality: { side: 63 } })])).bands).toBeNull()
  })

  it('are the mean of the models’ log-odds, without a rate that nobody measured', () => {
    const strict = { authentic: 0.05, manipulated: 0.95, falsePositiveRate: 0.01 }
    const image = { ...CALIBRATION.image, bands: strict }
    const models = [MODEL, { ...MODEL, calibration: { ...CALIBRATION, image } }]
    const found = decide(still([3], [3]), { models }).bands!
    expect(Object.keys(found)).toEqual(['authentic', 'manipulated'])
    expect(found.authentic).toBeCloseTo(1 / (1 + Math.sqrt(4 * 19)), 6)
    expect(found.manipulated).toBeCloseTo(1 - found.authentic, 6)
  })
})

describe('abstention', () => {
  const refused = (decision: ReturnType<typeof decide>) => {
    expect(decision.verdict).toMatchObject({ band: 'inconclusive', probability: null, interval: null })
    expect(decision.models.every(({ probability }) => probability === null)).toBe(true)
    return codes(decision.verdict)
  }

  it('gives none to an unusable face, and says why', () => {
    const blurred = sample({
      usable: false,
      logits: [6, 0, 0, 0],
      quality: { reasons: ['face_blurred', 'face_turned'] },
    })
    const decision = decide(summarize([blurred]))
    expect(refused(decision)).toEqual(['no_usable_face', 'face_blurred', 'face_turned'])
    expect(decision.suspicious).toBe(true)
    expect(decision.scores.manipulated).toBeGreaterThan(0.99)
  })

  it('gives none below the size that the calibration covers', () => {
    expect(refused(decide(summarize([sample({ quality: { side: 63 } })])))).toEqual(['face_too_small'])
  })

  it('gives none to a video with too few usable frames', () => {
    const decision = clip([3, 3, 3, 3, 3, 3, 3])
    expect(refused(decision)).toEqual(['few_frames'])
    expect(decision.verdict.reasons[0]!.message).toContain('7 of the 8')
    expect(clip([3, 3, 3, 3, 3, 3, 3, 3]).verdict.band).toBe('likely_manipulated')
  })
})

describe('a video that changes its face', () => {
  const authentic = Array.from({ length: 64 }, (_, i) => -3 + 0.2 * (i % 3))

  it('is inconclusive for a manipulated passage', () => {
    const { verdict } = clip(authentic.map((value, i) => (i >= 20 && i < 32 ? 3.5 : value)))
    expect(verdict.band).toBe('inconclusive')
    expect(codes(verdict)).toEqual(['frames_disagree'])
    expect(verdict.reasons[0]!.message).toMatch(/From \d+\.\d s to \d+\.\d s/)
  })

  it('is authentic when no passage stands out', () => {
    expect(clip(authentic).verdict.band).toBe('likely_authentic')
  })

  it('is judged by the whole when the whole is manipulated', () => {
    expect(clip(authentic.map((value, i) => (i % 8 ? 4 : value))).verdict.band).toBe('likely_manipulated')
  })
})

describe('several models', () => {
  const models = [MODEL, MODEL]

  it('average their log-odds', () => {
    const { verdict } = decide(still([3], [1]), { models })
    expect(verdict.probability).toBeCloseTo(1 / (1 + Math.exp(-2)), 5)
  })

  it('are inconclusive when one finds the face authentic and another manipulated', () => {
    expect(codes(decide(still([4], [-2]), { models }).verdict)).toEqual(['models_disagree'])
  })

  it('flag a family when any of them crosses its own threshold, and the strongest explains', () => {
    const strict = { thresholds: { manipulated: 1, face_swap: 2 }, calibration: CALIBRATION }
    const decision = decide(still([3, 2.5, -1, -1], [3, -2, -1, 3]), { models: [strict, MODEL] })
    expect(decision.models.map(({ flagged }) => flagged)).toEqual([['face_swap'], ['synthesis']])
    expect(decision.verdict.family).toBe('synthesis')
    expect(decide(still([3, 1, -1, -1]), { models: [strict] }).verdict.family).toBeNull()
  })

  it('flag no family below the threshold for `manipulated`, or of an output that they lack', () => {
    expect(decide(still([0.5, 4, 4, 4])).models[0]!.flagged).toEqual([])
    expect(decide(still([3, Number.NaN, 4, Number.NaN])).models[0]!.flagged).toEqual(['reenactment'])
  })
})
