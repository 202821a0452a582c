// No request keeps the event loop busy: while one is refused, all others are answered.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunningProcess, startService } from '../faults/service-process.ts'
import { writeModels } from '../running/write-models.ts'
import { freePort } from '../services/run-program.ts'

let folder: string
let url: string
let service: RunningProcess

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unswap-freezing-'))
  await writeModels(join(folder, 'models'))
  const port = String(await freePort())
  url = `http://127.0.0.1:${port}`
  service = await startService({
    UNSWAP_DATA_DIR: join(folder, 'data'),
    UNSWAP_MODELS_DIR: join(folder, 'models'),
    UNSWAP_PORT: port,
    UNSWAP_ROLE: 'api',
  })
})
afterAll(async () => {
  await service?.kill()
  await rm(folder, { recursive: true, force: true })
})

/** Far longer than an answer takes on a busy machine; a frozen process takes minutes to hours. */
const PATIENCE_MS = 30_000

const post = (path: string, body: string) =>
  fetch(url + path, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json' },
    signal: AbortSignal.timeout(PATIENCE_MS),
  })

const zeros = (bytes: number) => `[${'0,'.repeat(bytes / 2)}0]`
const keys = (count: number) => Array.from({ length: count }, (_, index) => `"k${index}":0`).join()

test.each<[string, string, string]>([
  ['300 KB of zeros as tags', '/api/v1/analyses', `{"base64":"AAAA","tags":${zeros(300_000)}}`],
  ['8 MB of zeros as tags', '/api/v1/analyses', `{"base64":"AAAA","tags":${zeros(8_000_000)}}`],
  ['8 MB of models', '/api/v1/analyses', `{"base64":"AAAA","models":[${'"a",'.repeat(2_000_000)}"a"]}`],
  ['300,000 unknown options', '/api/v1/analyses', `{"base64":"AAAA",${keys(300_000)}}`],
  ['900 KB of scopes', '/api/v1/keys', `{"name":"a","scopes":${zeros(900_000)}}`],
  ['8 MB of zeros for a prediction', '/api/predict', `{"base64_image":"AAAA","x":${zeros(8_000_000)}}`],
  ['60 KB of zeros as tags', '/api/v1/analyses', `{"base64":"AAAA","tags":${zeros(60_000)}}`],
  ['3,000 fields of a form', '/api/v1/session', `{${keys(3000)}}`],
])('%s', async (_, path, body) => {
  const refused = post(path, body)
  const alive = await fetch(`${url}/livez`, { signal: AbortSignal.timeout(PATIENCE_MS) })
  expect(alive.status).toBe(200)
  expect([400, 401, 413]).toContain((await refused).status)
})
