import { type Calibration, PROBABILITY_BINS } from '@unswap/contract'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jensenShannon, largestGap, shares, stabilityIndex } from '../../src/drift/histogram-distance.ts'
import { seeded } from '../../src/forge/seeded-random.ts'
import { countsSince, driftToHtml, driftToText, findDrift, readCounts } from '../../src/index.ts'

const BINS = PROBABILITY_BINS.length
const REAL = [300, 200, 150, 100, 80, 60, 40, 30, 20, 10, 6, 4]
const FAKE = REAL.toReversed()
const curve = { knots: [-1, 1], logOdds: [-1, 1], spread: [0, 0] }
const part = { curve, bands: { authentic: 0.2, manipulated: 0.9, falsePositiveRate: 0.05 }, samples: 2000 }
const calibration: Calibration = {
  status: 'fitted',
  fittedOn: 'numbers',
  prior: 0.1,
  image: { ...part, reference: { real: REAL, fake: FAKE } },
  video: part,
  minimumFrames: 8,
}

/** Counts of `total` media, `share` of them fakes, as the reference says, with chance. */
function drawn(total: number, share: number, seed: number, from = REAL): number[] {
  const random = seeded(seed)
  const counts = PROBABILITY_BINS.map(() => 0)
  for (let i = 0; i < total; i++) {
    const weights = random.uniform(0, 1) < share ? FAKE : from
    let left = random.uniform(
      0,
      weights.reduce((a, b) => a + b, 0),
    )
    const bin = weights.findIndex((weight) => {
      left -= weight
      return left < 0
    })
    counts[bin]!++
  }
  return counts
}
const none = PROBABILITY_BINS.map(() => 0)
const found = (image: number[], share?: number) => findDrift({ image, video: none }, calibration, share)

describe('findDrift', () => {
  it('finds no drift in media like those of the calibration, in many random draws', () => {
    const levels = Array.from({ length: 100 }, (_, seed) => found(drawn(500, 0.1, seed)).level)
    expect(levels.filter((level) => level === 'steady').length).toBeGreaterThanOrEqual(98)
    expect(levels).not.toContain('drift')
  })

  it('tells another share of manipulated media from media of another kind', () => {
    const [more] = found(drawn(800, 0.5, 1)).kinds
    expect(more).toMatchObject({ level: 'drift', levelAtBestShare: 'steady', share: 0.1 })
    expect(Math.abs(more!.bestShare - 0.5)).toBeLessThan(0.08)
    expect(found(drawn(800, 0.5, 1), 0.5).level).toBe('steady')
    const undecided = [1, 1, 1, 1, 20, 60, 60, 20, 1, 1, 1, 1]
    const [strange] = found(drawn(800, 0, 2, undecided)).kinds
    expect(strange).toMatchObject({ level: 'drift', levelAtBestShare: 'drift' })
  })

  it('says nothing of few media, and nothing of a kind without a reference', () => {
    const few = found(drawn(40, 1, 3))
    expect(few.kinds.map(({ kind, level }) => [kind, level])).toEqual([['image', 'too_few']])
    expect(driftToText(few)).toContain('too few media')
    const without = { ...calibration, image: part }
    expect(driftToText(findDrift({ image: REAL, video: none }, without))).toContain('no reference')
    expect(driftToHtml(findDrift({ image: REAL, video: none }, without))).toContain('no reference')
  })

  it('draws both histograms', () => {
    const page = driftToHtml(found(drawn(200, 0.1, 4)))
    expect(page.match(/class="seen"/g)).toHaveLength(BINS)
    expect(page.match(/class="expected"/g)).toHaveLength(BINS)
  })
})

describe('distances', () => {
  const counts = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: BINS, maxLength: BINS })

  it('are 0 of equals, symmetric, and bounded', () => {
    fc.assert(
      fc.property(counts, counts, (a, b) => {
        const [p, q] = [shares(a), shares(b)]
        for (const distance of [stabilityIndex, jensenShannon, largestGap]) {
          expect(distance(p, p)).toBeCloseTo(0, 6)
          expect(distance(p, q)).toBeCloseTo(distance(q, p), 9)
          expect(distance(p, q)).toBeGreaterThanOrEqual(0)
        }
        expect(jensenShannon(p, q)).toBeLessThanOrEqual(1)
        expect(largestGap(p, q)).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('are the textbook values', () => {
    expect(stabilityIndex([0.5, 0.5], [0.25, 0.75])).toBeCloseTo(0.25 * Math.log(3), 12)
    expect(jensenShannon([1, 0], [0, 1])).toBe(1)
    expect(largestGap([0.2, 0.3, 0.5], [0.4, 0.3, 0.3])).toBeCloseTo(0.2, 12)
  })
})

describe('readCounts', () => {
  const exposed = (kind: string, total: number, instance: string) =>
    PROBABILITY_BINS.map(
      (le, i) =>
        `unswap_probability_bucket{le="${le}",kind="${kind}",instance="${instance}"} ${total * (i + 1)}`,
    ).join('\n')

  it('adds up instances and leaves other figures alone', () => {
    const text = `# TYPE unswap_probability histogram\n${exposed('image', 2, 'a')}\n${exposed('image', 3, 'b')}
unswap_probability_bucket{le="+Inf",kind="image",instance="a"} 24\nother_bucket{le="0.05",kind="image"} 9\n`
    expect(readCounts(text)).toEqual({ image: PROBABILITY_BINS.map(() => 5), video: none })
  })

  it('refuses metrics of something else, and other bins', () => {
    expect(() => readCounts('up 1\n')).toThrow(/no histogram unswap_probability/)
    expect(() => readCounts('unswap_probability_bucket{le="0.3",kind="image"} 1\n')).toThrow(/other bins/)
  })

  it('counts what came after earlier metrics, unless the service started again', () => {
    const [before, now] = [readCounts(exposed('video', 2, 'a')), readCounts(exposed('video', 5, 'a'))]
    expect(countsSince(now, before).video).toEqual(PROBABILITY_BINS.map(() => 3))
    expect(() => countsSince(before, now)).toThrow(/started again/)
  })
})
