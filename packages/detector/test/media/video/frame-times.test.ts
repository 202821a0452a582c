import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sniffFormat } from '../../../src/media/sniff-format.ts'
import { buildTimeline, planRuns } from '../../../src/media/video/frame-times.ts'

const entry = fc.record({
  tick: fc.integer({ min: -1_000_000, max: 1_000_000 }),
  length: fc.integer({ min: 0, max: 1000 }),
  key: fc.boolean(),
})
const entries = fc.array(entry, { minLength: 1, maxLength: 60 })

test('whatever a container lists: times ascend from zero and none comes twice', () => {
  fc.assert(
    fc.property(entries, fc.constantFrom(1, 1 / 90_000, 1 / 1000), (listed, tickSeconds) => {
      const { ticks, seconds, duration, keyframes } = buildTimeline(listed, tickSeconds)
      expect(seconds[0]).toBe(0)
      expect(ticks).toHaveLength(new Set(listed.map(({ tick }) => tick)).size)
      for (let n = 1; n < ticks.length; n++) expect(ticks[n]).toBeGreaterThan(ticks[n - 1]!)
      expect(duration).toBeGreaterThanOrEqual(seconds.at(-1)!)
      expect(keyframes.every((place) => place >= 0 && place < ticks.length)).toBe(true)
    }),
  )
})

test('runs cover each chosen frame once, in order, and none starts behind its first', () => {
  fc.assert(
    fc.property(
      entries,
      fc.integer({ min: 1, max: 30 }),
      fc.infiniteStream(fc.boolean()),
      (listed, worthwhile, coin) => {
        const timeline = buildTimeline(listed, 1)
        const chosen = [...timeline.ticks.keys()].filter(() => coin.next().value)
        const runs = planRuns(timeline, chosen, worthwhile)
        expect(runs.flatMap((run) => run.chosen)).toEqual(chosen)
        for (const run of runs) expect(run.from).toBeLessThanOrEqual(run.chosen[0]!)
      },
    ),
  )
})

test('any bytes have a format or none', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => void sniffFormat(bytes)))
  const ftyp = fc
    .uint8Array({ maxLength: 60 })
    .map((rest) => Buffer.concat([Buffer.from('\xff\0\0\0ftyp', 'latin1'), rest]))
  fc.assert(fc.property(ftyp, (bytes) => void sniffFormat(bytes)))
})
