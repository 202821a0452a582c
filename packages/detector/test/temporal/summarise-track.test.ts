import { TemporalMeasure } from '@unswap/contract'
import fc from 'fast-check'
import Value from 'typebox/value'
import { describe, expect, it } from 'vitest'
import type { Mesh } from '../../src/index.ts'
import type { TrackSummary } from '../../src/temporal/track-score.ts'
import { normals, SHAPE, sample, summarize, trackOf } from './samples.ts'

const main = (track: TrackSummary): number => track.pooled[0]!.logits[0]!
const measure = (track: TrackSummary, id: TemporalMeasure['id']) =>
  track.temporal.find((one) => one.id === id)

describe('pooling over time', () => {
  it('gives a single sample back', () => {
    const track = summarize([sample({ logits: [1.5, -1, 0.25, Number.NaN] })])
    expect([...track.pooled[0]!.logits]).toEqual([1.5, -1, 0.25, Number.NaN])
    expect(track).toMatchObject({ observed: 1, usable: 1, spread: [0], standardError: [0], passage: [null] })
    expect(track.temporal).toEqual([])
  })

  it('stays within the logits, and moves with them', () => {
    const logits = fc.array(fc.double({ min: -8, max: 8, noNaN: true }), { minLength: 1, maxLength: 40 })
    fc.assert(
      fc.property(logits, fc.double({ min: 0, max: 3, noNaN: true }), (values, shift) => {
        const pooled = main(trackOf(values))
        expect(pooled).toBeGreaterThanOrEqual(Math.min(...values) - 1e-4)
        expect(pooled).toBeLessThanOrEqual(Math.max(...values) + 1e-4)
        expect(main(trackOf(values.map((value) => value + shift)))).toBeCloseTo(pooled + shift, 3)
      }),
    )
  })

  it('lets one odd frame in 32 move it by less than a plain mean would', () => {
    const calm = Array.from({ length: 32 }, (_, i) => -3 + 0.1 * (i % 5))
    const odd = calm.with(7, 9)
    const plain = (9 - calm[7]!) / 32
    expect(main(trackOf(odd)) - main(trackOf(calm))).toBeLessThan(plain / 4)
  })

  it('gives frames of better quality more say', () => {
    const [sharp, small] = [
      sample({ logits: [2, 0, 0, 0] }),
      sample({ seconds: 1, logits: [-2, 0, 0, 0], quality: { side: 56 } }),
    ]
    expect(main(summarize([sharp, small]))).toBeGreaterThan(1)
  })

  it('pools usable samples alone, and all of them when none is', () => {
    const blurred = (logit: number) =>
      sample({ usable: false, logits: [logit, 0, 0, 0], quality: { reasons: ['face_blurred'] } })
    const mixed = summarize([sample({ logits: [1, 0, 0, 0] }), blurred(9), blurred(9)])
    expect(mixed).toMatchObject({ observed: 3, usable: 1, quality: { reasons: [] } })
    expect(main(mixed)).toBe(1)
    const none = summarize([blurred(4), blurred(6)])
    expect(none).toMatchObject({ usable: 0, quality: { reasons: ['face_blurred'] } })
    expect(main(none)).toBeCloseTo(5)
  })

  it('has a standard error that shrinks with independent frames and hardly with repeated ones', () => {
    const normal = normals(1)
    const noise = Array.from({ length: 256 }, normal)
    const held = noise.map((_, i) => noise[Math.floor(i / 32)]!)
    expect(trackOf(noise).standardError[0]).toBeLessThan(0.1)
    expect(trackOf(held).standardError[0]).toBeGreaterThan(0.3)
  })

  it('holds 50,000 frames in a few megabytes', () => {
    const normal = normals(2)
    const shared = sample()
    function* frames() {
      for (let i = 0; i < 50_000; i++) {
        yield {
          ...shared,
          observation: { ...shared.observation, seconds: i / 30 },
          score: [{ model: 'one', logits: Float32Array.of(normal(), 0, 0, 0), map: null }],
        }
      }
    }
    const before = process.memoryUsage().arrayBuffers
    const track = summarize(frames())
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64e6)
    expect(track.usable).toBe(50_000)
    expect(main(track)).toBeCloseTo(0, 1)
  })
})

describe('the passage that stands out', () => {
  const noisy = (seed: number, count: number, persistence = 0) => {
    const normal = normals(seed)
    let value = normal()
    return Array.from({ length: count }, () => {
      value = persistence * value + Math.sqrt(1 - persistence ** 2) * normal()
      return value
    })
  }

  it('finds a short manipulated passage that the mean hides', () => {
    const logits = noisy(3, 128).map((noise, i) => noise + (i >= 60 && i < 76 ? 4 : -3))
    const track = trackOf(logits)
    expect(main(track)).toBeLessThan(-1.5)
    expect(track.passage[0]!.logit).toBeGreaterThan(2)
    expect(track.passage[0]!.firstSeconds).toBeGreaterThanOrEqual(58 * 0.3)
    expect(track.passage[0]!.lastSeconds).toBeLessThanOrEqual(78 * 0.3)
  })

  it.each([
    ['independent', 0, 32],
    ['independent', 0, 512],
    ['persistent', 0.8, 32],
    ['persistent', 0.8, 512],
  ])('stays near the mean of %s noise (%f, %i frames)', (_, persistence, count) => {
    const excess = Array.from({ length: 50 }, (__, seed) => {
      const track = trackOf(noisy(seed, count, persistence))
      return track.passage[0]!.logit - main(track)
    })
    // it may exceed the mean by half a frame's spread only now and then
    expect(excess.filter((value) => value > 0.5).length).toBeLessThan(3)
  })

  it('needs more than one window, and a second of time', () => {
    expect(trackOf(noisy(1, 8)).passage).toEqual([null])
    expect(trackOf(noisy(1, 20), 1 / 60).passage).toEqual([null])
    expect(trackOf(noisy(1, 90), 1 / 30).passage[0]!.samples).toBeGreaterThanOrEqual(30)
  })
})

describe('how a track moves', () => {
  const moved = (turn: number, scale: number, shift: number): Mesh => ({
    points: SHAPE.points.map((_, i) => {
      const [x, y] = [SHAPE.points[i - (i % 3)]!, SHAPE.points[i - (i % 3) + 1]!]
      if (i % 3 === 2) return 0
      return i % 3
        ? shift + scale * (x * Math.sin(turn) + y * Math.cos(turn))
        : shift + scale * (x * Math.cos(turn) - y * Math.sin(turn))
    }),
    presence: 1,
  })

  it('sees no jitter in a face that only moves, turns and comes closer', () => {
    const track = summarize(
      [0, 1, 2, 3].map((i) => sample({ seconds: i / 10, mesh: moved(i / 5, 1 + i / 10, 40 * i) })),
    )
    expect(measure(track, 'landmark_jitter')!.value).toBeLessThan(0.01)
  })

  it('measures jitter in units of the face, whatever its size', () => {
    const shaken = (size: number) => {
      const normal = normals(5)
      const still = moved(0, size, 0)
      return summarize(
        Array.from({ length: 8 }, (_, i) =>
          sample({
            seconds: i / 10,
            mesh: { ...still, points: still.points.map((value) => value + 2 * size * normal()) },
          }),
        ),
      )
    }
    // two meshes with noise of 2 in x and y, on a face 260 high: 2 · √2 · √2 / 260
    expect(measure(shaken(1), 'landmark_jitter')!.value).toBeCloseTo((100 * 4) / 260, 0)
    expect(measure(shaken(3), 'landmark_jitter')!.value).toBeCloseTo(
      measure(shaken(1), 'landmark_jitter')!.value,
      2,
    )
  })

  it('tells a change of light from a change of the face alone', () => {
    const lit = (i: number) => 0.1 * (i % 2)
    const light = summarize(
      [0, 1, 2, 3].map((i) =>
        sample({
          seconds: i / 10,
          inside: [0.5 + lit(i), 0.4 + lit(i), 0.3 + lit(i)],
          surround: [0.2 + lit(i), 0.2 + lit(i), 0.2 + lit(i)],
        }),
      ),
    )
    const face = summarize(
      [0, 1, 2, 3].map((i) => sample({ seconds: i / 10, inside: [0.5 + lit(i), 0.4, 0.3] })),
    )
    expect(measure(light, 'inside_outside')!.value).toBeCloseTo(0, 5)
    expect(measure(face, 'inside_outside')!.value).toBeCloseTo(25.5, 1)
  })

  it('measures spread and jumps of the logit, and says what they rest on', () => {
    const track = trackOf([0, 1, 0, 1, 0, 1, 0, 1], 0.25)
    expect(measure(track, 'score_jumps')).toMatchObject({ value: 1, unit: 'logit', samples: 7 })
    expect(measure(track, 'score_jumps')!.meaning).toContain('0.25 s')
    expect(measure(track, 'score_spread')!.value).toBeCloseTo(0.5 * 1.4826, 3)
    expect(track.temporal.every((one) => Value.Check(TemporalMeasure, one))).toBe(true)
  })

  it('compares no frames that lie more than a second apart', () => {
    expect(trackOf([0, 1, 0, 1], 2).temporal.map(({ id }) => id)).toEqual(['score_spread'])
  })
})
