// The database, Redis and the object store go away, come back, or answer late; the service goes on.
import { randomUUID } from 'node:crypto'
import { globSync } from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { query, startPostgres, startRedis } from '../../../../deploy/scale/start-services.ts'
import { picture } from '../running/test-service.ts'
import { writeModels } from '../running/write-models.ts'
import { freePort } from '../services/run-program.ts'
import { startS3 } from '../services/start-s3.ts'
import { analyze, type RunningProcess, send, startService, untilFinal } from './service-process.ts'
import { startProxy } from './slow-proxy.ts'
import { takeStock } from './stock.ts'

let folder: string
let dataDir: string
let url: string
let environment: Record<string, string>
let service: RunningProcess | undefined
let started: { stop(): Promise<unknown> }[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unswap-neighbours-'))
  await chmod(folder, 0o755)
  dataDir = join(folder, 'data')
  await writeModels(join(folder, 'models'))
  const port = String(await freePort())
  url = `http://127.0.0.1:${port}`
  environment = {
    UNSWAP_DATA_DIR: dataDir,
    UNSWAP_MODELS_DIR: join(folder, 'models'),
    UNSWAP_PORT: port,
  }
})
afterEach(async () => {
  await service?.kill()
  for (const one of started.toReversed()) await one.stop()
  started = []
  await rm(folder, { recursive: true, force: true })
})

const stateOf = async (id: string) =>
  ((await (await fetch(`${url}/api/v1/analyses/${id}`)).json()) as { state: string }).state

/** Sends something slow and something that waits behind it; their ids. */
async function sendTwo(): Promise<string[]> {
  const ids: string[] = []
  for (const name of ['slow.png', 'waits.png']) {
    const sent = await send(url, await picture(), { key: randomUUID(), name })
    ids.push(((await sent.json()) as { id: string }).id)
  }
  while ((await stateOf(ids[0]!)) === 'queued') await pause(50)
  return ids
}

/** While a neighbour is away a submission is told so, with when to come back: never that it was at fault. */
async function expectOutage(): Promise<void> {
  const { status, headers, ...refused } = await send(url, await picture(), { key: randomUUID() }).then(
    async (response) => ({
      status: response.status,
      headers: response.headers,
      body: await response.json(),
    }),
  )
  expect({ status, retry: headers.has('retry-after'), ...refused }).toMatchObject({
    status: 503,
    retry: true,
    body: { code: 'storage_failed', retryable: true },
  })
}

test('PostgreSQL restarts while jobs run: refusals meanwhile, and every analysis completes once', async () => {
  const { program, address } = await startPostgres(folder, globSync('/usr/lib/postgresql/*/bin'))
  started.push(program)
  service = await startService({
    ...environment,
    DATABASE_URL: address,
    UNSWAP_WORKER_CONCURRENCY: '1',
    UNSWAP_QUEUE_ATTEMPTS: '5',
  })
  const ids = await sendTwo()
  const back = program.kill(2000)
  await pause(500)
  await expectOutage()
  await back
  for (const id of ids) expect(await untilFinal(url, id)).toMatchObject({ state: 'completed', error: null })
  ids.push((await analyze(url, await picture(), { key: randomUUID() })).id)
  expect(await query(address, 'select state, count(*)::int as count from analyses group by state')).toEqual([
    { state: 'completed', count: 3 },
  ])
  expect(await query(address, 'select analysis_id from reports')).toHaveLength(3)
  await service.stop()
})

test('Redis restarts, empty, while jobs run: every analysis completes once', async () => {
  const { program, address } = await startRedis(folder)
  started.push(program)
  service = await startService({ ...environment, REDIS_URL: address, UNSWAP_WORKER_CONCURRENCY: '1' })
  const ids = await sendTwo()
  const back = program.kill(1500)
  await pause(300)
  // The row is what counts: an analysis is taken in although nobody can be told of it.
  const meanwhile = await send(url, await picture(), { key: randomUUID() })
  expect(meanwhile.status).toBe(202)
  ids.push(((await meanwhile.json()) as { id: string }).id)
  await back
  for (const id of ids) expect(await untilFinal(url, id)).toMatchObject({ state: 'completed', error: null })
  await service.stop()
  await takeStock(dataDir, 3)
})

test('an object store that is slow, then mute, then gone: time is lost, no analysis is', async () => {
  const s3 = await startS3()
  const proxy = await startProxy(s3.address)
  started.push(s3, proxy)
  service = await startService({
    ...environment,
    S3_ENDPOINT: proxy.address,
    S3_BUCKET: 'media',
    S3_ACCESS_KEY_ID: 'S3RVER',
    S3_SECRET_ACCESS_KEY: 'S3RVER',
    UNSWAP_S3_SECONDS: '1',
    UNSWAP_WORKER_CONCURRENCY: '1',
  })
  proxy.set('slow')
  await analyze(url, await picture(), { key: randomUUID() })
  for (const weather of ['silent', 'cut'] as const) {
    proxy.set('pass')
    const ids = await sendTwo()
    proxy.set(weather)
    await expectOutage()
    proxy.set('pass')
    for (const id of ids) expect(await untilFinal(url, id)).toMatchObject({ state: 'completed', error: null })
  }
  await service.stop()
})
