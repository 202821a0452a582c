import type { AnalysisResource } from '@unswap/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { form, picture, runTestService, type TestService, untilEnded } from '../running/test-service.ts'

let running: TestService
beforeAll(async () => {
  running = await runTestService()
})
afterAll(() => running.close())

test('a batch takes the good files, names the bad ones, and ends', async () => {
  const files = [await picture(), Buffer.from('text'), await picture(20, 60)]
  const answer = await running.app.inject({
    method: 'POST',
    url: '/api/v1/batches',
    payload: form({ file: files, name: 'three', tags: 'b' }),
  })
  expect(answer.statusCode).toBe(202)
  const batch = answer.json()
  expect(batch.refused.map((one: { error: { code: string } }) => one.error.code)).toEqual([
    'media_unsupported',
  ])
  for (const { id } of batch.analyses) await untilEnded(running, id)
  const done = (await running.app.inject(`/api/v1/batches/${batch.id}`)).json()
  expect(done).toMatchObject({
    name: 'three',
    done: true,
    total: 2,
    states: { completed: 2 },
    verdicts: { likely_manipulated: 1, likely_authentic: 1 },
  })
  expect((await running.app.inject(`/api/v1/batches/${crypto.randomUUID()}`)).statusCode).toBe(404)
})

const sendBatch = (files: Buffer[], headers: Record<string, string> = {}) =>
  running.app.inject({ method: 'POST', url: '/api/v1/batches', headers, payload: form({ file: files }) })

test('a batch that is sent again under its Idempotency-Key is taken in once', async () => {
  const files = [await picture(), Buffer.from('broken'), await picture()]
  const headers = { 'idempotency-key': 'batch-1' }
  const first = (await sendBatch(files, headers)).json()
  const again = (await sendBatch(files, headers)).json()
  expect([again.id, again.total, again.refused]).toEqual([first.id, 2, first.refused])
  expect((await sendBatch(files.slice(1), headers)).statusCode).toBe(409)
  expect((await sendBatch(files)).json().id).not.toBe(first.id)
})

test('what of a batch was taken in before its request broke off is not taken in again', async () => {
  const files = [await picture(), await picture()]
  const headers = { 'idempotency-key': 'batch-2' }
  const first = (await sendBatch(files, headers)).json()
  // As a process leaves it that dies after the first file.
  await running.app.inject({ method: 'DELETE', url: first.analyses[1].links.self })
  await running.service.db
    .updateTable('idempotency')
    .set({ state: 'pending', response: first.id, created_at: 0 })
    .where('key', '=', 'batch-2')
    .execute()
  const again = (await sendBatch(files, headers)).json()
  expect([again.id, again.total]).toEqual([first.id, 2])
  expect(again.analyses[0].id).toBe(first.analyses[0].id)
})

test('a batch is cancelled and erased as a whole', async () => {
  const waiting = await runTestService({ work: false })
  const ask = (method: 'GET' | 'POST' | 'DELETE', url: string) => waiting.app.inject({ method, url })
  const payload = form({ file: [await picture(), await picture()] })
  const batch = (await waiting.app.inject({ method: 'POST', url: '/api/v1/batches', payload })).json()
  const url = `/api/v1/batches/${batch.id}`
  const cancelled = (await ask('POST', `${url}/cancel`)).json()
  expect([cancelled.done, cancelled.states.cancelled]).toEqual([true, 2])
  expect((await ask('DELETE', url)).statusCode).toBe(204)
  for (const gone of [url, ...batch.analyses.map((one: AnalysisResource) => one.links.self)]) {
    expect((await ask('GET', gone)).statusCode).toBe(404)
  }
  expect(await waiting.stored()).toEqual([])
  await waiting.close()
})
