import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { form, picture } from './running/test-service.ts'
import { writeModels } from './running/write-models.ts'

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))
let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unswap-main-'))
  await writeModels(join(folder, 'models'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const start = (env: Record<string, string>) =>
  execa(process.execPath, [MAIN], {
    env: {
      UNSWAP_DATA_DIR: join(folder, 'data'),
      UNSWAP_MODELS_DIR: join(folder, 'models'),
      UNSWAP_PORT: '0',
      ...env,
    },
    reject: false,
  })

test('the program answers, takes work in, stops at a signal, and finds its work again', async () => {
  let id = ''
  for (const round of [1, 2]) {
    const program = start({ ROLE: 'api' })
    let url = ''
    for await (const line of createInterface({ input: program.stdout })) {
      url = /Server listening at (http[^"]+)/.exec(line)?.[1] ?? url
      if (line.includes('"ready"')) break
    }
    expect((await fetch(`${url}/livez`)).status).toBe(200)
    if (round === 1) {
      const sent = await fetch(`${url}/api/v1/analyses`, {
        method: 'POST',
        body: form({ file: await picture() }),
      })
      id = ((await sent.json()) as { id: string }).id
    }
    const found = await fetch(`${url}/api/v1/analyses/${id}`)
    expect(await found.json()).toMatchObject({ id, state: 'queued' })
    // Nobody works here, so it is not ready for analyses.
    expect((await fetch(`${url}/readyz`)).status).toBe(503)
    // Somebody who waits for a result is answered before the end.
    const waiting = fetch(`${url}/api/v1/analyses?wait=50`, {
      method: 'POST',
      body: form({ file: await picture() }),
    })
    await new Promise((done) => setTimeout(done, 300))
    program.kill('SIGTERM')
    expect((await waiting).status).toBe(202)
    expect((await program).exitCode).toBe(0)
  }
})

test('who lets strangers in without a key of their addresses is told what that costs', async () => {
  const lines = async (env: Record<string, string>) => {
    const program = start({ ROLE: 'api', UNSWAP_ACCESS_ANONYMOUS: 'anyone', ...env })
    for await (const line of createInterface({ input: program.stdout })) {
      if (line.includes('"ready"')) program.kill('SIGTERM')
    }
    return (await program).stdout
  }
  expect(await lines({})).toContain('set UNSWAP_ACCESS_ADDRESS_KEY')
  expect(await lines({ UNSWAP_ACCESS_ADDRESS_KEY: 'a key' })).not.toContain('UNSWAP_ACCESS_ADDRESS_KEY')
})

test('a wrong configuration, or a folder without models, stops it with a sentence', async () => {
  const wrong = await start({ UNSWAP_PORT: 'eighty' })
  expect([wrong.exitCode, wrong.stderr]).toEqual([2, expect.stringContaining('UNSWAP_PORT')])
  const empty = await start({ UNSWAP_MODELS_DIR: folder })
  expect([empty.exitCode, empty.stdout]).toEqual([1, expect.stringContaining('model_missing')])
})
