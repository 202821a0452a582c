import { readFileSync } from 'node:fs'
import { MapSummary } from '@unswap/contract'
import Value from 'typebox/value'
import { describe, expect, it } from 'vitest'
import { summarizeMap } from '../../src/classifiers/manipulation-map.ts'
import { scoresOf } from '../../src/classifiers/scores.ts'
import { meanMap } from '../../src/index.ts'

// the mesh of the portrait among xception-1's golden crops, in pixels of that crop
const points = Float32Array.from(
  JSON.parse(readFileSync(new URL('./fixtures/mesh.json', import.meta.url), 'utf8')) as number[],
)
const mesh = { points, presence: 1 }
const level = { centre: [112, 112] as [number, number], side: 224, roll: 0 }

/** A map that is 1 where the landmark lies and in the cells around it. */
function spotAt(landmark: number) {
  const [x, y] = [points[3 * landmark]! / 8, points[3 * landmark + 1]! / 8]
  const probabilities = Float32Array.from({ length: 28 * 28 }, (_, i) =>
    Math.hypot((i % 28) + 0.5 - x, Math.floor(i / 28) + 0.5 - y) < 1.2 ? 1 : 0,
  )
  return { size: 28, probabilities }
}

describe('what a manipulation map says', () => {
  it.each([
    ['nose', 4],
    ['mouth', 14],
    ['eyes', 159],
    ['eyes', 386],
    ['cheeks', 50],
    ['cheeks', 280],
    ['jaw', 199],
    ['forehead', 151],
  ])('finds a spot on the %s (landmark %i) there', (region, landmark) => {
    const summary = summarizeMap(spotAt(landmark), mesh, level, 3)
    const [strongest] = Object.entries(summary.regions).toSorted(([, a], [, b]) => b - a)
    expect(strongest![0]).toBe(region)
    expect(summary).toMatchObject({ frame: 3, size: 28, peak: 1 })
    expect(Value.Check(MapSummary, summary)).toBe(true)
  })

  it('does not depend on where the crop lies in its picture', () => {
    const [turn, scale] = [0.4, 2.5]
    const moved = points.slice()
    for (let i = 0; i < points.length; i += 3) {
      const [x, y] = [(points[i]! - 112) * scale, (points[i + 1]! - 112) * scale]
      moved[i] = 700 + x * Math.cos(turn) - y * Math.sin(turn)
      moved[i + 1] = 300 + x * Math.sin(turn) + y * Math.cos(turn)
    }
    const transform = { centre: [700, 300] as [number, number], side: 224 * scale, roll: turn }
    const map = spotAt(50)
    const [here, there] = [
      summarizeMap(map, mesh, level, 0),
      summarizeMap(map, { points: moved, presence: 1 }, transform, 0),
    ]
    for (const [name, value] of Object.entries(here.regions)) {
      expect(there.regions[name]).toBeCloseTo(value, 2)
    }
  })

  it('finds the same spot in the map of a wider crop', () => {
    const margin = 1.5
    const [x, y] = [4, 5].map((k) => (points[3 * 4 + k - 4]! / 224 - 0.5) * (1.3 / margin) + 0.5)
    const size = 39
    const logits = Float32Array.from({ length: size * size }, (_, i) => {
      const [column, row] = [((i % size) + 0.5) / size, (Math.floor(i / size) + 0.5) / size]
      return Math.hypot(column - x!, row - y!) < 0.05 ? 100 : -100
    })
    const map = meanMap([{ model: 'wide', logits: new Float32Array(4), map: { margin, size, logits } }])
    const [strongest] = Object.entries(summarizeMap(map!, mesh, level, 0).regions).toSorted(
      ([, a], [, b]) => b - a,
    )
    expect(strongest![0]).toBe('nose')
    expect(map!.size).toBe(size)
  })

  it('leaves out regions that hold no cell', () => {
    const coarse = { size: 2, probabilities: Float32Array.of(0.2, 0.4, 0.6, 1) }
    const summary = summarizeMap(coarse, mesh, level, 0)
    expect(summary.mean).toBeCloseTo(0.55)
    expect(summary.area).toBe(0.5)
    expect(Object.keys(summary.regions).length).toBeLessThan(7)
  })
})

describe('several models', () => {
  const entry = (logits: number[], map: number[] | null) => ({
    model: 'm',
    logits: Float32Array.from(logits),
    map: map && { margin: 1.3, size: 2, logits: Float32Array.from(map) },
  })

  it('averages their maps as probabilities, and has none where none has', () => {
    const mean = meanMap([entry([], [0, 0, 0, 100]), entry([], null), entry([], [0, 100, -100, -100])])
    expect([...mean!.probabilities]).toEqual([0.5, 0.75, 0.25, 0.5].map((value) => expect.closeTo(value, 5)))
    expect(meanMap([entry([], null)])).toBeNull()
  })

  it('lays maps of other margins and sizes over the reference crop, each where it covers it', () => {
    const flat = (margin: number, size: number, logit: number) => ({
      model: 'm',
      logits: Float32Array.of(),
      map: { margin, size, logits: new Float32Array(size * size).fill(logit) },
    })
    const mean = meanMap([flat(1.3, 4, 100), flat(0.65, 2, -100), flat(1.6, 3, -100)])!
    expect(mean.size).toBe(4)
    const [edge, middle] = [mean.probabilities[0]!, mean.probabilities[5]!]
    expect(edge).toBeCloseTo(1 / 2, 5) // the tight map shows nothing of it
    expect(middle).toBeCloseTo(1 / 3, 5)
    const alone = meanMap([flat(0.65, 4, 100)])!
    expect([alone.probabilities[0], alone.probabilities[5]]).toEqual([0, 1])
    // a ramp over 1.6 sizes of the face, seen in the middle 1.3
    const ramp = flat(1.6, 64, 0)
    ramp.map.logits.forEach((_, i) => {
      const share = ((i % 64) + 0.5) / 64
      ramp.map.logits[i] = Math.log(share / (1 - share))
    })
    const seen = meanMap([ramp])!.probabilities.subarray(0, 64)
    seen.forEach((value, i) => {
      expect(value).toBeCloseTo(((i + 0.5) / 64 - 0.5) * (1.3 / 1.6) + 0.5, 4)
    })
  })

  it('averages the logits of those that have the output', () => {
    const scores = scoresOf([
      Float32Array.of(2, Number.NaN, 1, Number.NaN),
      Float32Array.of(-2, 1, 3, Number.NaN),
    ])
    expect(scores.manipulated).toBeCloseTo(0.5)
    expect(scores.face_swap).toBeCloseTo(1 / (1 + Math.exp(-1)))
    expect(scores.reenactment).toBeCloseTo(1 / (1 + Math.exp(-2)))
    expect(scores.synthesis).toBe(0)
  })
})
