import { expect, test } from 'vitest'
import { arrivalTimes, percentiles, sendBySchedule } from '../../bench/load/arrivals.ts'
import { trendOf } from '../../bench/load/trend.ts'

/** Random numbers from a fixed seed. */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1664525 + 1013904223) % 2 ** 32
    return state / 2 ** 32
  }
}

test('arrivals come at their rate, evenly or by chance', () => {
  const even = arrivalTimes({ rate: 4, seconds: 2, arrivals: 'constant' }, Math.random)
  expect(even).toEqual([0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75])
  const chance = arrivalTimes({ rate: 50, seconds: 200, arrivals: 'poisson' }, numbers(1))
  expect(Math.abs(chance.length / 200 - 50)).toBeLessThan(2)
  const gaps = chance.slice(1).map((at, index) => at - chance[index]!)
  const mean = gaps.reduce((sum, gap) => sum + gap) / gaps.length
  const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length)
  // The standard deviation of exponential gaps equals their mean.
  expect(deviation / mean).toBeGreaterThan(0.9)
  expect(deviation / mean).toBeLessThan(1.1)
})

test('a stalled service is charged for every request that was due meanwhile', async () => {
  // The first of serial requests is slow. Closed-loop clients would have measured one slow request only.
  let turn: Promise<unknown> = Promise.resolve()
  let first = true
  const send = async () => {
    const takes = first ? 500 : 0
    const mine = turn.then(() => new Promise((done) => setTimeout(done, takes)))
    first = false
    turn = mine
    await mine
    return 'completed'
  }
  const times = arrivalTimes({ rate: 100, seconds: 0.4, arrivals: 'constant' }, Math.random)
  const latencies = await sendBySchedule(times, send)
  const { p50, max } = percentiles(latencies.get('completed')!)
  expect(latencies.get('completed')!.totalCount).toBe(times.length)
  expect(max).toBeGreaterThanOrEqual(0.49)
  expect(p50).toBeGreaterThanOrEqual(0.25)
})

test('a leak is distinguished from noise and from a negligible rise', () => {
  const minutes = Array.from({ length: 120 }, (_, index) => index / 30)
  const random = numbers(2)
  const noise = minutes.map(() => 500 + 40 * random())
  expect(trendOf(minutes, noise).flat).toBe(true)
  const leak = minutes.map((at, index) => noise[index]! + 30 * at)
  expect(trendOf(minutes, leak)).toMatchObject({ flat: false })
  expect(trendOf(minutes, leak).perMinute).toBeCloseTo(30, -1)
  expect(
    trendOf(
      minutes,
      minutes.map((at) => 500 + at),
    ).flat,
  ).toBe(true)
  expect(
    trendOf(
      minutes,
      minutes.map(() => 7),
    ),
  ).toMatchObject({ flat: true, perMinute: 0, p: 1 })
  const handles = minutes.map((at) => 40 + Math.floor(at))
  expect(trendOf(minutes, handles).flat).toBe(false)
})
