import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { picture } from '../running/test-service.ts'
import { writeModels } from '../running/write-models.ts'
import { freePort } from '../services/run-program.ts'
import { analyze, type RunningProcess, send, startService } from './service-process.ts'
import { takeStock, temporaryFiles } from './stock.ts'

const run = promisify(execFile)
const SIZE = '6m'

/** A disk of our own takes root on Linux; elsewhere these tests cannot be. */
const canMount = process.platform === 'linux' && process.getuid?.() === 0 && (await tryMount())

async function tryMount(): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'unswap-mount-'))
  try {
    await run('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'unswap', folder])
    await run('umount', [folder])
    return true
  } catch {
    return false
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

let folder: string
let disk: string
let url: string
let environment: Record<string, string>
let service: RunningProcess | undefined

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unswap-disk-'))
  disk = join(folder, 'disk')
  await mkdir(disk)
  await writeModels(join(folder, 'models'))
  const port = String(await freePort())
  url = `http://127.0.0.1:${port}`
  environment = {
    UNSWAP_DATA_DIR: disk,
    UNSWAP_MODELS_DIR: join(folder, 'models'),
    UNSWAP_PORT: port,
  }
  if (canMount) await run('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'unswap', disk])
})
afterEach(async () => {
  await service?.kill()
  if (canMount) await run('umount', [disk])
  await rm(folder, { recursive: true, force: true })
})

/** A submission while the disk refuses to write: told as the service's trouble, with when to come back. */
async function expectRefusal(): Promise<void> {
  const refused = await send(url, await picture(), { key: randomUUID() })
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, expect.stringMatching(/^\d+$/)])
  expect(await refused.json()).toMatchObject({ code: 'storage_failed', retryable: true })
}

const storageReady = async () =>
  ((await (await fetch(`${url}/readyz`)).json()) as { storage: boolean }).storage

test.skipIf(!canMount)(
  'a full disk: refused in so many words, nothing half-stored, and on once there is room',
  async () => {
    service = await startService(environment)
    await analyze(url, await picture(), { key: randomUUID() })
    const ballast = join(disk, 'ballast')
    await run('dd', ['if=/dev/zero', `of=${ballast}`, 'bs=4096']).catch(() => undefined)
    await expectRefusal()
    expect(await storageReady()).toBe(false)
    expect(await temporaryFiles(disk)).toEqual([])
    await rm(ballast)
    await analyze(url, await picture(), { key: randomUUID() })
    expect(await storageReady()).toBe(true)
    await service.stop()
    await takeStock(disk, 2)
  },
)

test.skipIf(!canMount)(
  'a disk that fills while a job runs: the analysis waits for room and completes',
  async () => {
    service = await startService(environment)
    const slow = analyze(url, await picture(), { key: randomUUID(), name: 'slow.png' })
    slow.catch(() => undefined)
    while (!service.lines.some(({ msg }) => msg === 'accepted'))
      await new Promise((done) => setTimeout(done, 50))
    const ballast = join(disk, 'ballast')
    await run('dd', ['if=/dev/zero', `of=${ballast}`, 'bs=4096']).catch(() => undefined)
    await new Promise((done) => setTimeout(done, 4500))
    await rm(ballast)
    expect(await slow).toMatchObject({ state: 'completed', error: null })
    await service.stop()
    await takeStock(disk, 1)
  },
)

test.skipIf(!canMount)('a read-only data folder at the start: refused with what to do', async () => {
  await run('mount', ['-o', 'remount,ro', disk])
  service = await startService(environment)
  expect(await service.ended).toBe(1)
  const said = service.lines.at(-1)
  expect(said).toMatchObject({ level: 'fatal', code: 'storage_failed' })
  expect(said?.msg).toContain('must be writable')
})

test('a data folder that cannot be made: refused with what to do', async () => {
  await writeFile(join(folder, 'file'), '')
  service = await startService({ ...environment, UNSWAP_DATA_DIR: join(folder, 'file', 'data') })
  expect(await service.ended).toBe(1)
  expect(service.lines.at(-1)).toMatchObject({
    code: 'storage_failed',
    msg: expect.stringContaining('UNSWAP_DATA_DIR'),
  })
})
