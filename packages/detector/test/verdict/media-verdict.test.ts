import { type ReasonCode, Verdict } from '@unswap/contract'
import fc from 'fast-check'
import Value from 'typebox/value'
import { describe, expect, it } from 'vitest'
import type { FaceDecision } from '../../src/verdict/face-verdict.ts'
import { decideMedia, type MediaFacts } from '../../src/verdict/media-verdict.ts'
import { sample, summarize } from '../temporal/samples.ts'
import { codes, decide } from './decisions.ts'

const WHOLE = { notes: [], facesLeftOut: 0 }

interface Traits {
  readonly id: string
  readonly logit: number
  readonly side: number
  readonly usable: boolean
}

const face = ({ id = 'a', logit = 0, side = 224, usable = true }: Partial<Traits>): FaceDecision =>
  decide(
    summarize([
      sample({
        logits: [logit, -3, -3, -3],
        usable,
        quality: { side, reasons: usable ? [] : ['face_blurred'] },
      }),
    ]),
    { id },
  )

const authentic = (id: string, side = 224) => face({ id, logit: -3, side })
const manipulated = (id: string, side = 224) => face({ id, logit: 3, side })

describe('the media’s verdict', () => {
  it('abstains when there is no face', () => {
    const verdict = decideMedia([], WHOLE)
    expect(verdict).toMatchObject({ band: 'inconclusive', probability: null, faceId: null })
    expect(codes(verdict)).toEqual(['no_face'])
  })

  it('is that of the most manipulated face', () => {
    const verdict = decideMedia([authentic('a'), manipulated('b', 100), authentic('c')], WHOLE)
    expect(verdict).toMatchObject({ band: 'likely_manipulated', faceId: 'b' })
  })

  it('stays manipulated whatever the other faces lack', () => {
    const verdict = decideMedia([face({ id: 'a', usable: false }), manipulated('b')], {
      notes: ['partly_decoded'],
      facesLeftOut: 3,
    })
    expect(verdict).toMatchObject({ band: 'likely_manipulated', faceId: 'b' })
    expect(codes(verdict)).toEqual(['partly_decoded', 'faces_left_out'])
  })

  it('is authentic when every sizeable face is, with the probability of the least so', () => {
    const verdict = decideMedia([authentic('a'), face({ id: 'b', logit: -2 })], WHOLE)
    expect(verdict).toMatchObject({ band: 'likely_authentic', faceId: 'b' })
  })

  it('overlooks a small face that nobody can judge, unless it looks manipulated', () => {
    const small = (logit: number) => face({ id: 'b', side: 80, usable: false, logit })
    expect(decideMedia([authentic('a'), small(-3)], WHOLE).band).toBe('likely_authentic')
    const doubtful = decideMedia([authentic('a'), small(3)], WHOLE)
    expect(doubtful.band).toBe('inconclusive')
    expect(codes(doubtful)).toContain('face_blurred')
  })

  it('overlooks a small face between the bands that looks more authentic than not', () => {
    const verdict = decideMedia([authentic('a'), face({ id: 'b', side: 80, logit: -1 })], WHOLE)
    expect(verdict).toMatchObject({ band: 'likely_authentic', faceId: 'a' })
  })

  it('does not overlook a large one, and gives no probability that leaves it out', () => {
    const verdict = decideMedia(
      [authentic('a'), face({ id: 'b', side: 112, usable: false, logit: -3 })],
      WHOLE,
    )
    expect(verdict).toMatchObject({ band: 'inconclusive', probability: null, faceId: 'b' })
    expect(verdict.reasons[0]).toMatchObject({ code: 'no_usable_face', faceId: 'b' })
  })

  it('may be authentic when a flaw of the file hides nothing', () => {
    expect(decideMedia([authentic('a')], { notes: ['flawed_file'], facesLeftOut: 0 }).band).toBe(
      'likely_authentic',
    )
  })

  it.each<[string, MediaFacts]>([
    ['partly_decoded', { notes: ['partly_decoded'], facesLeftOut: 0 }],
    ['damaged', { notes: ['damaged'], facesLeftOut: 0 }],
    ['faces_left_out', { notes: [], facesLeftOut: 1 }],
  ])('is not called authentic when it is %s', (code, facts) => {
    const verdict = decideMedia([authentic('a')], facts)
    expect(verdict.band).toBe('inconclusive')
    expect(codes(verdict)).toEqual([code])
  })

  it('follows its schema, has reasons when inconclusive, and does not depend on the order of faces', () => {
    const traits = fc.record({
      logit: fc.double({ min: -6, max: 6, noNaN: true }),
      side: fc.integer({ min: 40, max: 400 }),
      usable: fc.boolean(),
    })
    const facts = fc.record({
      notes: fc.subarray<ReasonCode>(['partly_decoded', 'damaged', 'flawed_file']),
      facesLeftOut: fc.integer({ min: 0, max: 2 }),
    })
    fc.assert(
      fc.property(fc.array(traits, { maxLength: 5 }), facts, fc.nat(), (list, known, turn) => {
        const faces = list.map((one, i) => face({ ...one, id: `face-${i}` }))
        const at = turn % Math.max(1, faces.length)
        const turned = [...faces.slice(at), ...faces.slice(0, at)].reverse()
        const verdict = decideMedia(faces, known)
        expect(decideMedia(turned, known)).toEqual(verdict)
        expect(Value.Check(Verdict, verdict)).toBe(true)
        if (verdict.band === 'inconclusive') expect(verdict.reasons.length).toBeGreaterThan(0)
        else expect(verdict.probability).not.toBeNull()
        const flagged = faces.some((one) => one.verdict.band === 'likely_manipulated')
        expect(verdict.band === 'likely_manipulated').toBe(flagged)
      }),
    )
  })
})
