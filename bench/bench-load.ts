// npm run bench:load: the service at a steady rate, and at five times what it can do.
// npm run bench:soak: hours of mixed media, and whether memory, handles or temporary files grow. Open loop: requests come by schedule, and latency counts from
// when each was due. Results: bench/results/load.json. Options: --mode rate|overload|soak (the first two by default),
// --minutes N, --rate N (arrivals a second), --arrivals poisson|constant.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { makeSmallPhotograph } from './bench-media.ts'
import { describeMachine } from './describe-machine.ts'
import { arrivalTimes, type Latencies, percentiles, sendBySchedule } from './load/arrivals.ts'
import { type Loaded, type Media, outcomeOf, startLoaded } from './load/loaded-service.ts'
import { watchService } from './load/service-memory.ts'

const RESULT = new URL('results/load.json', import.meta.url)
const CLIENTS = 8
const CAPACITY_SECONDS = 20
const OVERLOAD = 5
/** Steady share of the capacity: below what queues can bear, above what leaves processors idle. */
const STEADY = 0.5
/** The same for mixed media, each of which takes several times as long as a small photograph. */
const SOAKED = 0.1
/** The queue is bounded to what is done in this time, as one would for callers who wait. */
const PATIENCE_SECONDS = 10
/** In a soak every so many are a video, and every so many keep their pictures until they are deleted. */
const VIDEO_EVERY = 10
const KEPT_EVERY = 4
/** After the last answer, until connections that are kept have been let go. */
const SETTLE_MS = 10_000

const { values } = parseArgs({
  options: {
    mode: { type: 'string' },
    minutes: { type: 'string' },
    rate: { type: 'string' },
    arrivals: { type: 'string', default: 'poisson' },
  },
})
const arrivals = values.arrivals === 'constant' ? 'constant' : 'poisson'
const test = (name: string) => readMedia(fileURLToPath(new URL(`../testdata/${name}`, import.meta.url)))
const photograph = readMedia(makeSmallPhotograph())
const soaked = [
  'real/astronaut.png',
  'real/grace_hopper.jpg',
  'real/group-1.jpg',
  'fake/astronaut-swap.png',
].map(test)
const videos = ['real-astronaut.mp4', 'fake-grace_hopper-swap.mp4'].map((name) => test(`video/${name}`))

const folder = mkdtempSync(join(tmpdir(), 'unswap-load-'))
let service: Loaded | null = null
try {
  const modes = values.mode ? [values.mode] : ['rate', 'overload']
  service = await startLoaded(folder, 1000)
  const capacity = await measureCapacity(service)
  console.log(`capacity: ${capacity.toFixed(2)} photographs a second, ${CLIENTS} at a time`)
  if (modes.includes('rate')) save('rate', await steady(service, capacity))
  if (modes.includes('soak')) save('soak', await soak(service, capacity))
  if (modes.includes('overload')) {
    await service.stop()
    service = await startLoaded(folder, Math.ceil(capacity * PATIENCE_SECONDS))
    save('overload', await overload(service, capacity))
  }
} finally {
  await service?.stop()
  rmSync(folder, { recursive: true, force: true })
}

/** Photographs a second when as many are always at work as the service takes at a time, twice over. */
async function measureCapacity({ analyze }: Loaded): Promise<number> {
  await Promise.all(Array.from({ length: CLIENTS }, () => analyze(photograph, 'none')))
  const end = performance.now() + CAPACITY_SECONDS * 1000
  let done = 0
  const client = async () => {
    while (performance.now() < end) {
      const { status } = await analyze(photograph, 'none')
      if (status === 200 && performance.now() < end) done++
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, client))
  return done / CAPACITY_SECONDS
}

async function steady({ analyze }: Loaded, capacity: number) {
  const rate = Number(values.rate ?? capacity * STEADY)
  const seconds = 60 * Number(values.minutes ?? 1)
  const times = arrivalTimes({ rate, seconds, arrivals }, Math.random)
  const latencies = await sendBySchedule(times, async () => outcomeOf(await analyze(photograph, 'none')))
  return { capacity, rate, arrivals, seconds, outcomes: summarize(latencies) }
}

async function overload(service: Loaded, capacity: number) {
  const { analyze } = service
  const rate = Number(values.rate ?? capacity * OVERLOAD)
  const seconds = 60 * Number(values.minutes ?? 1)
  const times = arrivalTimes({ rate, seconds, arrivals }, Math.random)
  const start = performance.now()
  let inTime = 0
  const latencies = await sendBySchedule(times, async () => {
    const answer = await analyze(photograph, 'none')
    if (answer.status === 200 && performance.now() < start + seconds * 1000) inTime++
    return outcomeOf(answer)
  })
  const goodput = inTime / seconds
  // Other work on the machine changes what can be done: the share is of what was measured before and after.
  const after = await measureCapacity(service)
  const outcomes = summarize(latencies)
  const queueMost = Math.ceil(capacity * PATIENCE_SECONDS)
  const share = (2 * goodput) / (capacity + after)
  return { capacity, capacityAfter: after, rate, arrivals, seconds, queueMost, goodput, share, outcomes }
}

async function soak({ pid, dataDir, analyze, erase }: Loaded, capacity: number) {
  const rate = Number(values.rate ?? capacity * SOAKED)
  const minutes = Number(values.minutes ?? 30)
  const times = arrivalTimes({ rate, seconds: minutes * 60, arrivals }, Math.random)
  const watch = watchService(pid, dataDir)
  const latencies = await sendBySchedule(times, async (index) => {
    const video = index % VIDEO_EVERY === VIDEO_EVERY - 1
    const choice = video ? videos : soaked
    const media = choice[index % choice.length]!
    const answer = await analyze(media, index % KEPT_EVERY === 0 ? 'hours:1' : 'none')
    if (answer.id) await erase(answer.id)
    return `${video ? 'video' : 'photograph'} ${outcomeOf(answer)}`
  })
  const held = watch.stop()
  await sleep(SETTLE_MS)
  const left = watch.now()
  return {
    capacity,
    rate,
    arrivals,
    minutes,
    outcomes: summarize(latencies),
    held,
    left,
  }
}

function readMedia(path: string): Media {
  return { name: path.split('/').at(-1)!, bytes: new Blob([new Uint8Array(readFileSync(path))]) }
}

function summarize(latencies: Latencies) {
  const named = [...latencies].map(([name, histogram]) => [
    name,
    { count: histogram.totalCount, seconds: percentiles(histogram) },
  ])
  return Object.fromEntries(named) as Record<
    string,
    { count: number; seconds: ReturnType<typeof percentiles> }
  >
}

/** Keeps the result beside those of the other modes, with the state of the machine. */
function save(mode: string, result: Record<string, unknown>): void {
  let earlier = {}
  try {
    earlier = JSON.parse(readFileSync(RESULT, 'utf8'))
  } catch {
    // The first result of all.
  }
  const round = (_key: string, value: unknown) =>
    typeof value === 'number' ? Number(value.toPrecision(4)) : value
  const { loadBefore, ...machine } = describeMachine()
  const now = { ...machine, loadAfter: loadBefore, date: new Date().toISOString() }
  writeFileSync(RESULT, `${JSON.stringify({ ...earlier, [mode]: { machine: now, ...result } }, round, 2)}\n`)
  console.log(mode, JSON.stringify({ load: loadBefore, ...result }, round, 1))
}
