import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { selectExpression } from '../../../src/media/video/ffmpeg/select-expression.ts'
import { buildTimeline, planRuns } from '../../../src/media/video/frame-times.ts'
import { planFrames } from '../../../src/media/video/sampling.ts'

/** Any video: frames at ascending times from 0 with gaps of 1 to 3000 ms. */
const video = fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 200 }).map((gaps) => {
  let time = 0
  const seconds = gaps.map((gap, position) => {
    time += position === 0 ? 0 : gap
    return time / 1000
  })
  return { seconds, duration: seconds.at(-1)! + 0.033 }
})

const ascending = (positions: readonly number[]) =>
  positions.every((position, order) => order === 0 || position > positions[order - 1]!)

describe('planFrames', () => {
  it('takes exactly the frames asked for, or every frame once, in order', () => {
    fc.assert(
      fc.property(video, fc.integer({ min: 1, max: 250 }), ({ seconds, duration }, count) => {
        const chosen = planFrames(seconds, duration, { count })
        expect(chosen).toHaveLength(Math.min(count, seconds.length))
        expect(ascending(chosen)).toBe(true)
        expect(chosen[0]).toBeGreaterThanOrEqual(0)
        expect(chosen.at(-1)).toBeLessThan(seconds.length)
      }),
    )
  })

  it('spreads them evenly over a video of constant rate', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 64 }), fc.integer({ min: 64, max: 5000 }), (count, frames) => {
        const seconds = Array.from({ length: frames }, (_, position) => position / 25)
        const chosen = planFrames(seconds, frames / 25, { count })
        for (const [order, position] of chosen.entries()) {
          const middle = ((order + 0.5) * frames) / count
          expect(Math.abs(position + 0.5 - middle)).toBeLessThanOrEqual(1)
        }
      }),
    )
  })

  it('takes what is on screen in the middle of each span, and neighbours during a still spell', () => {
    expect(planFrames([0, 1, 2, 3], 4, { count: 2 })).toEqual([1, 3])
    expect(planFrames([0, 0.1, 0.2, 9.8, 9.9], 10, { count: 3 })).toEqual([2, 3, 4])
  })

  it('takes the first frame of each span for a rate', () => {
    fc.assert(
      fc.property(video, fc.double({ min: 0.1, max: 120, noNaN: true }), ({ seconds, duration }, fps) => {
        const chosen = planFrames(seconds, duration, { fps })
        expect(chosen[0]).toBe(0)
        expect(ascending(chosen)).toBe(true)
        expect(chosen.length).toBeLessThanOrEqual(Math.floor((seconds.at(-1)! + 0.001) * fps) + 1)
      }),
    )
    const thirty = Array.from({ length: 90 }, (_, position) => Math.round((position / 30) * 1000) / 1000)
    expect(planFrames(thirty, 3, { fps: 10 })).toEqual(Array.from({ length: 30 }, (_, span) => span * 3))
    expect(planFrames(thirty, 3, { fps: 60 })).toHaveLength(90)
  })

  it('looks closer around moments, and keeps the frames of the first look', () => {
    const moment = fc.record({ seconds: fc.double({ min: 0, max: 600, noNaN: true }), frames: fc.nat(12) })
    fc.assert(
      fc.property(video, fc.array(moment, { maxLength: 6 }), ({ seconds, duration }, around) => {
        const first = { count: 8 }
        const chosen = planFrames(seconds, duration, { first, around })
        const more = around.reduce((sum, { frames }) => sum + frames, 0)
        expect(ascending(chosen)).toBe(true)
        expect(chosen).toEqual(expect.arrayContaining(planFrames(seconds, duration, first)))
        expect(chosen.length).toBeLessThanOrEqual(Math.min(8 + more, seconds.length))
      }),
    )
    const clip = Array.from({ length: 250 }, (_, position) => position / 25)
    const chosen = planFrames(clip, 10, { first: { count: 2 }, around: [{ seconds: 5, frames: 3 }] })
    expect(chosen).toEqual([62, 122, 128, 131, 187])
    const edge = planFrames(clip, 10, { first: { count: 1 }, around: [{ seconds: 0, frames: 2 }] })
    expect(edge).toEqual([0, 3, 125])
  })

  it('takes every frame for all', () => {
    expect(planFrames([0, 0.5, 2], 3, { all: true })).toEqual([0, 1, 2])
  })
})

describe('planRuns', () => {
  it('keeps every chosen frame, each in a run that starts at a keyframe before it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { minLength: 1, maxLength: 400 }),
        fc.infiniteStream(fc.boolean()),
        fc.integer({ min: 1, max: 50 }),
        (keys, picks, worthwhile) => {
          const entries = keys.map((key, tick) => ({ tick, length: 1, key: key || tick === 0 }))
          const timeline = buildTimeline(entries, 1)
          const chosen = entries.flatMap(({ tick }) => (picks.next().value ? [tick] : []))
          const runs = planRuns(timeline, chosen, worthwhile)
          expect(runs.flatMap((run) => run.chosen)).toEqual(chosen)
          for (const run of runs) {
            expect(timeline.keyframes).toContain(run.from)
            expect(run.from).toBeLessThanOrEqual(run.chosen[0]!)
          }
        },
      ),
    )
  })

  it('starts afresh only where that spares enough frames', () => {
    const entries = Array.from({ length: 100 }, (_, tick) => ({ tick, length: 1, key: tick % 10 === 0 }))
    const timeline = buildTimeline(entries, 1)
    expect(planRuns(timeline, [5, 45, 48], 30)).toEqual([
      { from: 0, chosen: [5] },
      { from: 40, chosen: [45, 48] },
    ])
    expect(planRuns(timeline, [5, 45, 48], 36)).toEqual([{ from: 0, chosen: [5, 45, 48] }])
  })
})

describe('selectExpression', () => {
  /** What ffmpeg makes of the expression. */
  const evaluate = (expression: string, pts: number): boolean => {
    const script = expression.replaceAll('if(', 'choose(').replaceAll('between(', 'within(')
    const run = new Function('pts', 'choose', 'lt', 'within', `return ${script}`)
    return run(
      pts,
      (condition: boolean, yes: boolean, no: boolean) => (condition ? yes : no),
      (a: number, b: number) => a < b,
      (value: number, low: number, high: number) => value >= low && value <= high,
    )
  }

  it('is true for the chosen times alone', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { minLength: 1 }), (places) => {
        const chosen = places.toSorted((a, b) => a - b)
        const expression = selectExpression(
          'pts',
          chosen.map((place) => ({ place, value: place * 512 })),
        )
        const accepted = Array.from({ length: 61 }, (_, place) => place).filter((place) =>
          evaluate(expression, place * 512),
        )
        expect(accepted).toEqual(chosen)
      }),
    )
  })

  it('stays shallow and joins neighbours', () => {
    const every = Array.from({ length: 50 }, (_, place) => ({ place, value: place }))
    expect(selectExpression('n', every)).toBe('between(n,0,49)')
  })
})
