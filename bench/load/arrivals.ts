import { build, type Histogram } from 'hdr-histogram-js'

/** When requests come, whatever becomes of those before: by chance (Poisson), or evenly. */
export interface Schedule {
  /** Arrivals a second. */
  readonly rate: number
  readonly seconds: number
  readonly arrivals: 'poisson' | 'constant'
}

const MICROSECONDS_A_SECOND = 1e6
const LONGEST_SECONDS = 3600

/** Times of arrival in seconds from the start. `random` gives numbers from 0 up to 1, 1 excluded. */
export function arrivalTimes({ rate, seconds, arrivals }: Schedule, random: () => number): number[] {
  const times: number[] = []
  for (let at = 0; at < seconds; ) {
    times.push(at)
    at += arrivals === 'constant' ? 1 / rate : -Math.log(1 - random()) / rate
  }
  return times
}

/** Latencies by outcome, in microseconds from the time of arrival that was planned. */
export type Latencies = Map<string, Histogram>

/**
 * Sends by schedule, never waiting for an answer before the next request. Each latency counts from when the request was
 * due, so a service that stalls cannot hide it by delaying its clients (coordinated omission).
 * @param send resolves with the name of the outcome
 */
export async function sendBySchedule(
  times: readonly number[],
  send: (index: number) => Promise<string>,
): Promise<Latencies> {
  const latencies: Latencies = new Map()
  const start = performance.now()
  const one = async (index: number, dueMs: number) => {
    await new Promise((due) => setTimeout(due, Math.max(1, start + dueMs - performance.now())))
    const outcome = await send(index)
    const histogram = latencies.get(outcome) ?? newHistogram()
    latencies.set(outcome, histogram)
    histogram.recordValue(Math.max(1, Math.round((performance.now() - start - dueMs) * 1000)))
  }
  await Promise.all(times.map((seconds, index) => one(index, seconds * 1000)))
  return latencies
}

const newHistogram = () =>
  build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: LONGEST_SECONDS * MICROSECONDS_A_SECOND,
    numberOfSignificantValueDigits: 3,
  })

/** Percentiles in seconds. */
export function percentiles(histogram: Histogram) {
  const at = (percent: number) => histogram.getValueAtPercentile(percent) / MICROSECONDS_A_SECOND
  return {
    p50: at(50),
    p90: at(90),
    p95: at(95),
    p99: at(99),
    max: histogram.maxValue / MICROSECONDS_A_SECOND,
  }
}
