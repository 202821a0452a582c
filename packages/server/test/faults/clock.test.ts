import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { picture } from '../running/test-service.ts'
import { writeModels } from '../running/write-models.ts'
import { freePort } from '../services/run-program.ts'
import { analyze, send, startService, untilFinal } from './service-process.ts'
import { takeStock } from './stock.ts'

const HOUR = 3600_000

test.each([
  ['forward', 2 * HOUR],
  ['back', -2 * HOUR],
])('a clock that jumps %s two hours: running and waiting jobs complete once, at once', async (_, aheadMs) => {
  const folder = await mkdtemp(join(tmpdir(), 'unswap-clock-'))
  await writeModels(join(folder, 'models'))
  const port = String(await freePort())
  const url = `http://127.0.0.1:${port}`
  const dataDir = join(folder, 'data')
  const service = await startService({
    UNSWAP_DATA_DIR: dataDir,
    UNSWAP_MODELS_DIR: join(folder, 'models'),
    UNSWAP_PORT: port,
    UNSWAP_WORKER_CONCURRENCY: '1',
  })
  try {
    const ids: string[] = []
    for (const name of ['slow.png', 'second.png', 'third.png']) {
      const sent = await send(url, await picture(), { key: randomUUID(), name, options: '&retention=keep' })
      ids.push(((await sent.json()) as { id: string }).id)
    }
    while (!service.lines.some(({ sql }) => String(sql).includes('"progress"'))) await soon()
    await service.tell({ type: 'clock', aheadMs })
    for (const id of ids) expect(await untilFinal(url, id)).toMatchObject({ state: 'completed', error: null })
    // What is sent afterwards is not held up by what the earlier time has left.
    await analyze(url, await picture(), { key: randomUUID() })
    await service.tell({ type: 'clock', aheadMs: 0 })
    await analyze(url, await picture(), { key: randomUUID() })
    await service.stop()
    await takeStock(dataDir, 5)
  } finally {
    await service.kill()
    await rm(folder, { recursive: true, force: true })
  }
})

const soon = () => new Promise((done) => setTimeout(done, 50))
