import { randomUUIDv7 } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { insertAnalysis } from '../../src/storage/analyses/analysis-store.ts'
import { addFeedback } from '../../src/storage/analyses/feedback-store.ts'
import { runTestService, type TestService } from '../running/test-service.ts'
import { sampleAnalysis } from '../storage/sample-analysis.ts'

let running: TestService
beforeAll(async () => {
  running = await runTestService({ work: false })
})
afterAll(() => running.close())

const T0 = Date.parse('2024-05-01T12:00:00Z')
const add = async (name: string | null, at = T0, owner = 'anonymous') =>
  (await insertAnalysis(running.service.db, sampleAnalysis({ name, owner }), at)).id
const get = (path: string) => running.app.inject(`/api/v1/analyses/${path}`)
const post = (path: string, payload: object) =>
  running.app.inject({ method: 'POST', url: `/api/v1/analyses/${path}`, payload })

test('an export has every row of the list, and says how many', async () => {
  const many = Array.from({ length: 1203 }, (_, index) => `many-${index}.png`)
  for (const name of many) await add(name, T0 - 1000)
  const answer = await get('export.csv?text=many-')
  expect(answer.headers['unswap-rows']).toBe('1203')
  const lines = answer.body.trimEnd().split('\r\n')
  expect(lines[0]).toMatch(/^id,name,sha256,/)
  expect(new Set(lines.slice(1).map((line) => line.split(',')[1]))).toEqual(new Set(many))
  expect((await get('count?text=many-')).json()).toEqual({ count: 1203 })
})

test.each(['=1+1', '+1', '-1', '@sum', '\tx'])(
  'a name like %j is no formula of a spreadsheet',
  async (name) => {
    const answer = await post('export.csv', { ids: [await add(name)] })
    expect(answer.body.split('\r\n')[1]!.split(',')[1]!.replaceAll('"', '')).toBe(`'${name}`)
  },
)

test('commas, quotes and line feeds are quoted; what is not named stays out', async () => {
  const answer = await post('export.csv', { ids: [await add('a "b",\nc'), randomUUIDv7()] })
  expect(answer.headers['unswap-rows']).toBe('1')
  expect(answer.body).toContain(',"a ""b"",\nc",')
})

test('a decision counts in filters and exports', async () => {
  const id = await add('decided.png')
  const set = { band: 'likely_authentic', state: 'completed' } as const
  await running.service.db.updateTable('analyses').set(set).where('id', '=', id).execute()
  const found = async (query: string) => (await get(`count?text=decided&${query}`)).json().count
  expect(await found('verdict=likely_authentic&decided=false')).toBe(1)
  await addFeedback(running.service.db, { analysisId: id, by: 'Ada', override: 'likely_manipulated' })
  expect(await found('verdict=likely_authentic')).toBe(0)
  expect(await found('verdict=likely_manipulated')).toBe(1)
  expect(await found('decided=true')).toBe(1)
  expect((await get('export.csv?decided=true')).body).toContain(',likely_manipulated,')
})

test('erasing goes on past what is gone or of somebody else', async () => {
  const mine = [await add('one.png'), await add('two.png')]
  const other = await add('other.png', T0, 'key:other')
  const gone = randomUUIDv7()
  const { authorization } = await running.key('analyze', 'read')
  const asOther = await running.app.inject({
    method: 'POST',
    url: '/api/v1/analyses/erase',
    headers: { authorization },
    payload: { ids: mine },
  })
  expect(asOther.json()).toEqual({ erased: 0, missing: 2 })
  const exported = await running.app.inject({
    method: 'POST',
    url: '/api/v1/analyses/export.csv',
    headers: { authorization },
    payload: { ids: mine },
  })
  expect(exported.headers['unswap-rows']).toBe('0')
  expect(exported.body).not.toContain('one.png')
  const answer = await post('erase', { ids: [gone, ...mine] })
  expect(answer.json()).toEqual({ erased: 2, missing: 1 })
  expect((await get(mine[0]!)).statusCode).toBe(404)
  const kept = running.service.db.selectFrom('analyses').select('id').where('id', '=', other)
  expect(await kept.executeTakeFirst()).toBeDefined()
})
