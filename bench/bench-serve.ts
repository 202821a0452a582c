// npm run bench:serve: how many small photographs a second the whole service judges, from HTTP to storage. Also how long
// one takes, and how much memory the service holds. Beside it the floor in the same run: the classifier alone in batches.
// No figure makes it fail.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { median } from 'simple-statistics'
import { classify } from '../packages/detector/src/classifiers/classify.ts'
import { openClassifiers } from '../packages/detector/src/classifiers/open-classifiers.ts'
import { makeSmallPhotograph } from './bench-media.ts'
import { describeMachine } from './describe-machine.ts'
import { processorSeconds, sharedMemory } from './process-memory.ts'

const MAIN = fileURLToPath(new URL('../packages/server/src/main.ts', import.meta.url))
const MODELS_DIR = fileURLToPath(new URL('../models', import.meta.url))
const RESULT = fileURLToPath(new URL('results/serve.json', import.meta.url))
const TARGETS = { requestsPerSecond: 18, p95Seconds: 0.8, idleMB: 450 }
const CONCURRENCY = 8
const WARM = 24
const REQUESTS = 240
const BATCH = 8

const machine = describeMachine()
const photograph = new Blob([new Uint8Array(readFileSync(makeSmallPhotograph()))])
const floorMs = await classifierAlone()
const folder = mkdtempSync(join(tmpdir(), 'unswap-bench-'))
const port = await freePort()
const address = `http://127.0.0.1:${port}`
const started = performance.now()
const server = spawn(process.execPath, [MAIN], {
  stdio: ['ignore', 'ignore', 'inherit'],
  env: {
    ...process.env,
    UNSWAP_PORT: String(port),
    UNSWAP_DATA_DIR: folder,
    UNSWAP_ACCESS_REQUESTS_PER_MINUTE: '0',
    UNSWAP_OBSERVE_LOG_LEVEL: 'warn',
  },
})
try {
  const readySeconds = await untilReady()
  await sleep(5000)
  const idleMB = sharedMemory(server.pid!)
  const nothingKept = await measure('retention=none')
  const pictures = await measure('retention=hours:1')
  const loadedMB = sharedMemory(server.pid!)
  const result = { machine, targets: TARGETS, floorMs, readySeconds, idleMB, loadedMB, nothingKept, pictures }
  writeFileSync(RESULT, `${JSON.stringify(result, roundNumbers, 2)}\n`)
  print(result)
} finally {
  server.kill('SIGTERM')
  await new Promise((done) => server.once('exit', done))
  rmSync(folder, { recursive: true, force: true })
}

type Measured = Awaited<ReturnType<typeof measure>>

/** Requests a second at the stated concurrency, each waiting for its report; every one a fresh analysis. */
async function measure(options: string) {
  const seconds: number[] = []
  let left = WARM
  const client = async () => {
    while (left-- > 0) {
      const body = new FormData()
      body.append('file', photograph, 'small.jpg')
      const start = performance.now()
      const answer = await fetch(`${address}/api/v1/analyses?wait=60&fresh=true&${options}`, {
        method: 'POST',
        body,
      })
      const { state, faces } = (await answer.json()) as { state: string; faces: number }
      if (state !== 'completed' || faces !== 1)
        throw new Error(`An analysis ended as ${state} with ${faces} faces.`)
      seconds.push((performance.now() - start) / 1000)
    }
  }
  const clients = () => Promise.all(Array.from({ length: CONCURRENCY }, client))
  await clients()
  seconds.length = 0
  left = REQUESTS
  const start = performance.now()
  const used = processorSeconds(server.pid!)
  await clients()
  const requestsPerSecond = (1000 * REQUESTS) / (performance.now() - start)
  // Nearly the same on a busy machine as on an idle one, unlike all other figures.
  const processorMs = (1000 * (processorSeconds(server.pid!) - used)) / REQUESTS
  const sorted = seconds.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))]!
  return {
    requestsPerSecond,
    p50Seconds: at(0.5),
    p95Seconds: at(0.95),
    shareOfFloor: (requestsPerSecond * floorMs) / 1000,
    processorMs,
  }
}

/** Milliseconds a crop of the classifiers alone, in batches as the service makes them; median of runs. */
async function classifierAlone(): Promise<number> {
  const models = await openClassifiers({ modelsDir: MODELS_DIR, threads: 0 })
  const batches = models.map(({ manifest: { input } }) => {
    const crop = { ...input, pixels: new Float32Array(3 * input.size ** 2).fill(0.5) }
    return Array.from({ length: BATCH }, () => crop)
  })
  const runs: number[] = []
  for (let run = 0; run < 12; run++) {
    const start = performance.now()
    for (const [i, model] of models.entries()) await classify(model, batches[i]!)
    if (run > 1) runs.push((performance.now() - start) / BATCH)
  }
  await Promise.all(models.map(({ session }) => session.close()))
  return median(runs)
}

async function untilReady(): Promise<number> {
  for (;;) {
    if (server.exitCode !== null) throw new Error('The service ended at its start.')
    const ready = await fetch(`${address}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (ready) return (performance.now() - started) / 1000
    await sleep(100)
  }
}

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((done) => probe.listen(0, '127.0.0.1', done))
  const { port } = probe.address() as AddressInfo
  await new Promise((done) => probe.close(done))
  return port
}

function roundNumbers(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(4)) : value
}

function print(result: {
  nothingKept: Measured
  pictures: Measured
  idleMB: number
  loadedMB: number
  readySeconds: number
}): void {
  const vnni = machine.vnni ? 'with VNNI' : 'without VNNI'
  console.log(
    `${machine.processor}, ${machine.threads} threads, ${vnni}, ${machine.node}, load ${machine.loadBefore}`,
  )
  console.log(
    `classifier alone in batches of ${BATCH}: ${floorMs.toFixed(1)} ms a crop, at most ${(1000 / floorMs).toFixed(1)} a second`,
  )
  console.log(
    `ready after ${result.readySeconds.toFixed(1)} s; memory ${result.idleMB.toFixed(0)} MB idle (target ${TARGETS.idleMB}), ${result.loadedMB.toFixed(0)} MB after the load`,
  )
  const rows = [
    ['report alone', result.nothingKept],
    ['report, pictures and page', result.pictures],
  ] as const
  for (const [title, one] of rows) {
    const share = `${(100 * one.shareOfFloor).toFixed(0)} % of the floor’s rate`
    console.log(
      `${title}: ${one.requestsPerSecond.toFixed(2)} requests/s at ${CONCURRENCY} at a time (target ${TARGETS.requestsPerSecond}; ${share}), p50 ${one.p50Seconds.toFixed(2)} s, p95 ${one.p95Seconds.toFixed(2)} s (target ${TARGETS.p95Seconds}); ${one.processorMs.toFixed(0)} ms of processor time a request`,
    )
  }
}
