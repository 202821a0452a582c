import { mkdir, mkdtemp, readdir, rm, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { DEFAULT_LIMITS, isFinal } from '@unswap/contract'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Blobs } from '../../src/blobs/blobs.ts'
import { openBlobs } from '../../src/blobs/open-blobs.ts'
import type { JobQueue } from '../../src/jobs/job-queue.ts'
import { openJobQueue } from '../../src/jobs/open-queue.ts'
import type { AnalysisRecord, NewAnalysis } from '../../src/storage/analyses/analysis-record.ts'
import { findAnalysis } from '../../src/storage/analyses/analysis-store.ts'
import { findEvidenceRecord, findReport } from '../../src/storage/analyses/report-store.ts'
import { eraseAnalysis } from '../../src/storage/retention/erase.ts'
import { listWorkers } from '../../src/storage/worker-store.ts'
import {
  type JobWorker,
  type JobWorkerEvent,
  type JobWorkerOptions,
  startJobWorker,
} from '../../src/worker/job-worker.ts'
import { startS3 } from '../services/start-s3.ts'
import { ENGINES, type TestDatabase } from '../storage/engines.ts'
import { MODEL, sampleAnalysis } from '../storage/sample-analysis.ts'
import { ANALYZER, FAKE } from './analyzer-options.ts'

const NO_BUCKET = {
  bucket: '',
  endpoint: '',
  region: '',
  accessKeyId: '',
  secretAccessKey: '',
  prefix: '',
  seconds: 5,
}

let folder: string
let database: TestDatabase
let blobs: Blobs
let queue: JobQueue
let worker: JobWorker | undefined
let events: JobWorkerEvent[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unswap-worker-'))
  database = await ENGINES[0]![1]()
  blobs = await openBlobs({ folder: join(folder, 'blobs'), s3: NO_BUCKET })
  queue = await openJobQueue(database.db, blobs, { firstPauseMs: 10 })
  events = []
})
afterEach(async () => {
  await worker?.stop(0)
  worker = undefined
  await queue.close()
  await database.stop()
  await rm(folder, { recursive: true, force: true })
})

const start = async (change: Partial<JobWorkerOptions> = {}) => {
  worker = await startJobWorker({
    db: database.db,
    blobs,
    queue,
    module: FAKE,
    analyzer: ANALYZER,
    environment: {},
    processes: 1,
    concurrency: 4,
    memoryBytes: 0,
    temporaryDir: join(folder, 'temporary'),
    onEvent: (event) => events.push(event),
    ...change,
  })
  return worker
}
const submit = async (script: string, change: Partial<NewAnalysis> = {}) => {
  const analysis = sampleAnalysis(change)
  await blobs.put(analysis.mediaBlob, Buffer.from(script))
  await queue.enqueue(analysis)
  return analysis.id
}
const until = async (id: string, holds = (analysis: AnalysisRecord) => isFinal(analysis.state)) => {
  for await (const analysis of queue.follow(id, { signal: AbortSignal.timeout(30_000) })) {
    if (holds(analysis)) return analysis
  }
  throw new Error('it never came to that')
}
const running = (analysis: AnalysisRecord) => analysis.state === 'running' && analysis.progress !== null
const processesEnded = () =>
  events.filter((event) => event.type === 'process' && event.event === 'ended').length

test('a job becomes a report with evidence, and the worker tells what it runs', async () => {
  await start()
  const id = await submit('wait 5', { name: 'holiday' })
  const analysis = await until(id)
  expect(analysis).toMatchObject({ state: 'completed', faces: 1, timings: { total: 1 }, attempts: 1 })
  expect((await findReport(database.db, id))!.models).toEqual([MODEL])
  const evidence = await findEvidenceRecord(database.db, id, 'annotated.jpg')
  expect(await text((await blobs.get(evidence!.blob))!)).toContain('picture of holiday')
  expect(worker!.models).toEqual([MODEL])
  expect(await listWorkers(database.db)).toMatchObject([{ id: worker!.id, concurrency: 4, models: [MODEL] }])
  expect(events.map((event) => event.type)).toEqual(['process', 'started', 'ended'])
  expect(events.at(-1)).toMatchObject({ outcome: 'completed', timings: { total: 1 }, failure: null })
  await worker!.stop(0)
  expect(await listWorkers(database.db)).toEqual([])
})

test('several analyses run at the same time in one process', async () => {
  await start()
  const ids = await Promise.all(Array.from({ length: 4 }, () => submit('wait 1500')))
  await Promise.all(ids.map((id) => until(id, running)))
  expect(worker!.running()).toBe(4)
})

test('with retention `none` no picture of the media is stored, nor the media when it is done', async () => {
  await start()
  const id = await submit('wait 5', { retention: 'none' })
  expect(await until(id)).toMatchObject({ state: 'completed' })
  await worker!.stop(1000)
  expect(await readdir(join(folder, 'blobs'))).toEqual(['.incoming'])
})

test('a crash takes one job down after a second try alone, and not its neighbours', async () => {
  await start()
  const neighbours = await Promise.all(Array.from({ length: 3 }, () => submit('wait 300')))
  const bad = await submit('crash')
  const failed = await until(bad)
  expect(failed).toMatchObject({
    state: 'failed',
    attempts: 2,
    error: { code: 'media_crashed_worker', retryable: false },
  })
  for (const id of neighbours) expect(await until(id)).toMatchObject({ state: 'completed' })
  expect(await until(await submit('wait 5'))).toMatchObject({ state: 'completed', attempts: 1 })
})

test('an error of the media keeps its code, and nothing of the run stays', async () => {
  await start()
  const failed = await until(await submit('fail media_unreadable', { retention: 'none' }))
  expect(failed.error).toEqual({ code: 'media_unreadable', message: 'as told', retryable: false })
  expect(failed.attempts).toBe(1)
})

test('cancelling and erasing reach the process, which goes on with other work', async () => {
  await start({ concurrency: 2 })
  const [cancelled, erased] = [await submit('wait 60000'), await submit('wait 60000')]
  await Promise.all([until(cancelled, running), until(erased, running)])
  await queue.cancel(cancelled)
  await eraseAnalysis(database.db, blobs, erased)
  expect(await until(await submit('wait 5'))).toMatchObject({ state: 'completed' })
  expect(await findAnalysis(database.db, cancelled)).toMatchObject({ state: 'cancelled' })
  expect(processesEnded()).toBe(0)
})

test('stopping lets short work finish, gives the rest back, and ends the processes', async () => {
  await start()
  const [short, long] = [await submit('wait 200'), await submit('wait 60000')]
  await Promise.all([until(short, running), until(long, running)])
  await worker!.stop(1500)
  expect(await findAnalysis(database.db, short)).toMatchObject({ state: 'completed' })
  expect(await findAnalysis(database.db, long)).toMatchObject({ state: 'queued' })
  expect(await queue.take('another')).toMatchObject({ analysisId: long, attempt: 1 })
  expect(processesEnded()).toBe(1)
})

test('a process that no longer listens is ended when its time is over', async () => {
  const limits = { ...DEFAULT_LIMITS, seconds: 0.5 }
  await start({ analyzer: { ...ANALYZER, limits }, hardLimitSlackMs: 500 })
  expect(await until(await submit('hang'))).toMatchObject({ state: 'failed', error: { code: 'limit_time' } })
  expect(await until(await submit('wait 5'))).toMatchObject({ state: 'completed' })
})

test('a process that has grown too large is replaced without losing work', async () => {
  await start({ memoryBytes: 300 * 1024 ** 2 })
  expect(await until(await submit(`grow ${300 * 1024 ** 2}`))).toMatchObject({ state: 'completed' })
  for (let tries = 0; tries < 100 && processesEnded() === 0; tries++) {
    expect(await until(await submit('wait 50'))).toMatchObject({ state: 'completed', attempts: 1 })
  }
  expect(processesEnded()).toBe(1)
})

test('models that cannot be loaded keep the worker from starting, with their code', async () => {
  await expect(start({ analyzer: { ...ANALYZER, modelsDir: 'broken' } })).rejects.toMatchObject({
    code: 'model_corrupt',
  })
})

test('media in a bucket is copied for the analysis, and copies of the dead are removed', async () => {
  const s3 = await startS3()
  const keys = {
    region: 'us-east-1',
    accessKeyId: 'S3RVER',
    secretAccessKey: 'S3RVER',
    prefix: '',
    seconds: 5,
  }
  blobs = await openBlobs({ folder, s3: { bucket: 'media', endpoint: s3.address, ...keys } })
  queue = await openJobQueue(database.db, blobs)
  const temporary = join(folder, 'temporary')
  await mkdir(join(temporary, 'media-dead'), { recursive: true })
  await utimes(join(temporary, 'media-dead'), new Date(0), new Date(0))
  await start()
  const id = await submit('wait 400')
  await until(id, running)
  expect(await readdir(temporary)).toHaveLength(1)
  expect(await until(id)).toMatchObject({ state: 'completed' })
  await worker!.stop(1000)
  expect(await readdir(temporary)).toEqual([])
  blobs.close()
  await s3.stop()
})

test('a store that is away for a moment costs time, not the analysis', async () => {
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>()
  let away = true
  const flaky: Blobs = {
    ...blobs,
    path: () => null,
    async get(name) {
      if (!away) return blobs.get(name)
      ask()
      throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
    },
  }
  await mkdir(join(folder, 'temporary'), { recursive: true })
  await start({ blobs: flaky })
  const id = await submit('wait 1')
  await asked
  away = false
  expect(await until(id)).toMatchObject({ state: 'completed', attempts: 1 })
})
