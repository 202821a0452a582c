import { describe, expect, it } from 'vitest'
import { erlangC, serversFor, simulate } from '../../bench/queue-simulation.ts'

const exponential = (mean: number) => (random: () => number) => -mean * Math.log(1 - random())

describe('the queue simulation behind docs/capacity.md', () => {
  it.each([
    [1, 1, 0.5],
    [1, 1, 0.8],
    [2, 3, 1],
    [10, 12, 1],
    [100, 108, 1],
  ])('agrees with Erlang C: %i a second, %i servers, services of %f s', (rate, servers, mean) => {
    const load = rate * mean
    const { share, meanSeconds } = simulate({ rate, servers, service: exponential(mean) }, 600_000)
    const expected = erlangC(load, servers)
    expect(Math.abs(share - expected)).toBeLessThan(0.03)
    const wait = (expected * mean) / (servers - load)
    expect(Math.abs(meanSeconds - wait) / wait).toBeLessThan(0.12)
  })

  it('agrees with Pollaczek and Khinchine for one server and services of one length', () => {
    const { meanSeconds } = simulate({ rate: 1, servers: 1, service: () => 0.7 }, 600_000)
    expect(meanSeconds).toBeCloseTo((0.7 * 0.7) / (2 * (1 - 0.7)), 1)
  })

  it('knows Erlang C of known cases, and finds the fewest servers', () => {
    expect(erlangC(0.5, 1)).toBeCloseTo(0.5, 10)
    expect(erlangC(1, 2)).toBeCloseTo(1 / 3, 10)
    const model = { rate: 10, service: exponential(0.5) }
    const { servers } = serversFor(model, 0.5, 1)
    expect(simulate({ ...model, servers }, 60_000).p95Seconds).toBeLessThanOrEqual(1)
    expect(simulate({ ...model, servers: servers - 1 }, 60_000).p95Seconds).toBeGreaterThan(1)
  })

  it('says of many servers what a longer look says, too: their queue has had time to fill', () => {
    const service = (random: () => number) => (random() < 0.05 ? 2.5 : 0.1)
    const [rate, mean] = [2000, 0.05 * 2.5 + 0.95 * 0.1]
    const { servers, waits } = serversFor({ rate, service }, mean, 1)
    expect((rate * mean) / servers).toBeLessThanOrEqual(0.9)
    const longer = simulate({ rate, servers, service }, 1_200_000, 2)
    expect(longer.p95Seconds).toBeLessThanOrEqual(1)
    expect(Math.abs(longer.meanSeconds - waits.meanSeconds)).toBeLessThan(0.05)
  })
})
