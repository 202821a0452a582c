import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { correctForMultipleFaces } from '../../src/verdict/multiple-faces.ts'
import { codes, decide, still } from './decisions.ts'

const faces = (logits: readonly number[]) =>
  correctForMultipleFaces(logits.map((logit, i) => decide(still([logit]), { id: `face-${i + 1}` })))
const probabilities = (logits: readonly number[]) => faces(logits).map(({ verdict }) => verdict.probability!)

describe('a face among others', () => {
  it('alone keeps its verdict', () => {
    expect(faces([3])[0]).toEqual(decide(still([3])))
  })

  it('is no more probable than the mean of the odds allows', () => {
    // odds e³ and e⁻³ among two faces: their mean is 10.07, a probability of 0.91
    expect(probabilities([3, -3])).toEqual([expect.closeTo(0.9097, 3), expect.closeTo(0.0474, 3)])
  })

  it('stays manipulated when it stands out enough, and becomes inconclusive when it does not', () => {
    expect(faces([4, -3, -3])[0]!.verdict.band).toBe('likely_manipulated')
    const [doubtful] = faces([1.6, -3, -3, -3])
    expect(doubtful!.verdict.band).toBe('inconclusive')
    expect(codes(doubtful!.verdict)).toEqual(['several_faces'])
  })

  it('beside another of the same kind loses nothing', () => {
    expect(probabilities([2, 2])).toEqual([expect.closeTo(0.8808, 3), expect.closeTo(0.8808, 3)])
  })

  it('never becomes more probable, keeps the order of faces, and does not depend on their order', () => {
    const logits = fc.array(fc.double({ min: -6, max: 6, noNaN: true }), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(logits, (list) => {
        const tempered = probabilities(list)
        list.forEach((logit, i) => {
          const alone = decide(still([logit])).verdict.probability!
          expect(tempered[i]).toBeLessThanOrEqual(alone + 1e-12)
        })
        const turned = probabilities(list.toReversed()).toReversed()
        turned.forEach((probability, i) => {
          expect(probability).toBeCloseTo(tempered[i]!, 9)
        })
      }),
    )
  })
})
