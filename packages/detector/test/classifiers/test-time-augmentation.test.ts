import { describe, expect, it } from 'vitest'
import { scoreWithAugmentation } from '../../src/classifiers/test-time-augmentation.ts'
import {
  alignFace,
  type CropScore,
  type FaceCrop,
  type Mesh,
  type ScoreChoices,
  type Scorer,
} from '../../src/index.ts'

const points = Float32Array.from({ length: 468 * 3 }, (_, i) => {
  const at = Math.floor(i / 3)
  const angle = at * 2.4
  if (i % 3 === 2) return 0
  return i % 3 === 0 ? 60 + 30 * Math.cos(angle) : 60 + 30 * Math.sin(angle)
})
// outer corners of the eyes, level
points.set([40, 55, 0], 33 * 3)
points.set([80, 55, 0], 263 * 3)
const mesh: Mesh = { points, presence: 1 }
/** Bright on the left, dark on the right. */
const picture = {
  width: 120,
  height: 120,
  data: Uint8Array.from({ length: 120 * 120 * 3 }, (_, i) => 255 - 2 * (Math.floor(i / 3) % 120)),
}
const face = {
  detection: { box: { x: 30, y: 30, width: 60, height: 60 }, landmarks: [] as never, score: 1 },
  mesh,
  inputs: [alignFace(picture, mesh, { margin: 1.3, size: 32 })],
}

/** A scorer whose logit is what `judge` makes of the crop, and which remembers what it was shown and asked for. */
function scorerBy(judge: (crop: FaceCrop, flip?: boolean) => number) {
  const shown: FaceCrop[] = []
  const asked: (ScoreChoices | undefined)[] = []
  const scorer: Scorer = {
    inputs: [{ margin: 1.3, size: 32 }],
    async score([crop], _, choices): Promise<CropScore> {
      shown.push(crop!)
      asked.push(choices)
      return [{ model: 'one', logits: Float32Array.of(judge(crop!, choices?.flip), 0, 0, 0), map: null }]
    },
    async close() {},
  }
  return { scorer, shown, asked }
}

const signal = new AbortController().signal

describe('scoring a face of a photograph', () => {
  it('looks once when the face is clearly real', async () => {
    const { scorer, shown } = scorerBy(() => -3)
    const [score] = await scoreWithAugmentation(scorer, picture, face, signal)
    expect(score!.logits[0]).toBe(-3)
    expect(shown).toHaveLength(1)
  })

  it('looks again otherwise: tighter, wider, and all of them mirrored; the score is the mean', async () => {
    const left = ({ pixels, size }: FaceCrop) =>
      pixels[(size / 2) * size]! - pixels[(size / 2) * size + size - 1]!
    const { scorer, shown } = scorerBy((crop) => (left(crop) > 0 ? 3 : -1))
    const [score] = await scoreWithAugmentation(scorer, picture, face, signal)
    expect(shown).toHaveLength(6)
    expect(shown.filter((crop) => left(crop) > 0)).toHaveLength(3)
    expect(new Set(shown.map(({ transform }) => transform.side.toFixed(1))).size).toBe(3)
    expect(score!.logits[0]).toBeCloseTo(1, 6)
  })

  it('runs no view twice where the scorer mirrors each crop anyway', async () => {
    const { scorer, shown, asked } = scorerBy((crop, flip) => (flip ? crop.transform.side / 100 : 9))
    const choices = { flip: true, models: ['one'] }
    const [score] = await scoreWithAugmentation(scorer, picture, face, signal, choices)
    const sides = shown.map(({ transform }) => transform.side)
    expect(new Set(sides).size).toBe(3)
    expect(sides).toHaveLength(3)
    expect(asked).toEqual([choices, choices, choices])
    const mean = sides.reduce((sum, side) => sum + side / 300, 0)
    expect(score!.logits[0]).toBeCloseTo(mean, 6)
  })
})
