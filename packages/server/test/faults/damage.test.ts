import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { copyFile, cp, mkdtemp, open, rename, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { picture } from '../running/test-service.ts'
import { writeModels } from '../running/write-models.ts'
import { freePort } from '../services/run-program.ts'
import { analyze, type RunningProcess, startService, untilFinal } from './service-process.ts'
import { takeStock } from './stock.ts'

const run = promisify(execFile)
const BACKUP = fileURLToPath(new URL('../../../../deploy/backup.ts', import.meta.url))
const MODELS = fileURLToPath(new URL('../../../../models', import.meta.url))
const PAGE = 4096

let folder: string
let dataDir: string
let url: string
let environment: Record<string, string>
let service: RunningProcess | undefined

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unswap-damage-'))
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
  await rm(folder, { recursive: true, force: true })
})

/** Writes over bytes of a file. */
async function overwrite(file: string, at: number, bytes: number): Promise<void> {
  const handle = await open(file, 'r+')
  await handle.write(Buffer.alloc(bytes, 0xa5), 0, bytes, at)
  await handle.close()
}

test.each([
  ['the header', () => 0],
  ['a page in the middle', (pages: number) => Math.floor(pages / 2) * PAGE],
  ['the last page', (pages: number) => (pages - 1) * PAGE],
])('a SQLite file damaged in %s: refused at the start, and restored from a backup', async (_, place) => {
  service = await startService(environment)
  const { id } = await analyze(url, await picture(), { key: randomUUID() })
  const backup = join(folder, 'backup.db')
  await run(process.execPath, [BACKUP, 'save', backup], { env: { ...process.env, ...environment } })
  await service.stop()

  const file = join(dataDir, 'unswap.db')
  await overwrite(file, place((await stat(file)).size / PAGE), PAGE)
  service = await startService(environment)
  expect(await service.ended).toBe(1)
  const said = service.lines.at(-1)
  expect(said).toMatchObject({ level: 'fatal', code: 'storage_failed' })
  expect(said?.msg).toMatch(/damaged.*node deploy\/backup\.ts restore/)

  await rename(file, join(folder, 'damaged.db'))
  await run(process.execPath, [BACKUP, 'restore', backup], { env: { ...process.env, ...environment } })
  service = await startService(environment)
  expect((await untilFinal(url, id)).state).toBe('completed')
  await service.stop()
  await takeStock(dataDir, 1)
})

test('damaged weights: the start is refused; a service that runs says so once they are needed, and mends itself', async () => {
  const models = join(folder, 'real')
  await cp(MODELS, models, { recursive: true })
  const weights = join(models, 'xception-1', 'xception-int8.onnx')
  const real = { ...environment, UNSWAP_MODELS_DIR: models, STAND_IN: '0', UNSWAP_WORKER_THREADS: '1' }
  service = await startService(real)
  const ready = async () => (await fetch(`${url}/readyz`)).status
  expect(await ready()).toBe(200)

  await overwrite(weights, 1e6, 64)
  await service.tell({ type: 'kill', victim: 'analysing process', afterLines: 1 })
  while (!service.lines.some(({ msg }) => msg === 'analysing process failed')) await soon()
  while ((await ready()) !== 503) await soon()
  // Work is still taken in: it waits until there is a model again.
  const waiting = analyze(url, await picture(), { key: randomUUID() })
  waiting.catch(() => undefined)
  expect(service.lines.find(({ msg }) => msg === 'analysing process failed')?.detail).toMatch(
    /sha256|damaged|corrupt/i,
  )

  const second = await startService({ ...real, UNSWAP_PORT: '0', UNSWAP_DATA_DIR: join(folder, 'second') })
  expect(await second.ended).toBe(1)
  expect(second.lines.at(-1)).toMatchObject({ level: 'fatal', code: 'model_corrupt' })

  await copyFile(join(MODELS, 'xception-1', 'xception-int8.onnx'), weights)
  expect((await waiting).state).toBe('completed')
  while ((await ready()) !== 200) await soon()
})

const soon = () => new Promise((done) => setTimeout(done, 100))
