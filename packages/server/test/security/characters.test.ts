// Characters and numbers that one database keeps and the other does not: both take and refuse the same.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { form, picture, runTestService, type TestService } from '../running/test-service.ts'
import { startPostgres } from '../services/start-postgres.ts'

const sqlite = async () => ({ address: '', stop: async () => undefined })
const cursor = (...place: unknown[]) => Buffer.from(JSON.stringify(place)).toString('base64url')

describe.each([
  ['SQLite', sqlite],
  ['PostgreSQL', startPostgres],
] as const)('%s', (_, open) => {
  let database: { readonly address: string; stop(): Promise<void> }
  let running: TestService
  let admin: { authorization: string }
  let self = ''
  beforeAll(async () => {
    database = await open()
    running = await runTestService({
      config: { database: { url: database.address }, compat: { perSecond: 0 } },
    })
    admin = await running.key('admin')
    const made = await ask('POST', '/api/v1/analyses?wait=20', { base64: await base64() })
    self = made.json().links.self
  })
  afterAll(async () => {
    await running.close()
    await database.stop()
  })

  const base64 = async () => (await picture()).toString('base64')
  const ask = (method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object) =>
    running.app.inject({ method, url, headers: admin, ...(payload && { payload }) })

  test('a NUL in what people write is refused', async () => {
    const prediction_id = self.split('/').at(-1)
    const answers = [
      await ask('POST', '/api/v1/analyses', { base64: await base64(), name: 'a\0b' }),
      await ask('POST', '/api/v1/analyses', { base64: await base64(), tags: ['a\0b'] }),
      await ask('POST', '/api/v1/analyses', form({ file: await picture(), name: 'a\0b' })),
      await ask('POST', '/api/v1/batches', form({ file: await picture(), name: 'a\0b' })),
      await ask('POST', `${self}/feedback`, { comment: 'a\0b' }),
      await ask('POST', '/feedback', { prediction_id, user_actual_result: 'FAKE', feedback_text: 'a\0b' }),
      await ask('POST', '/feedback', { prediction_id: '\0', user_actual_result: 'FAKE' }),
      await ask('POST', '/api/v1/keys', { name: 'a\0b', scopes: ['read'] }),
    ]
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([...Array(6).fill(400), 404, 400])
  })

  test('a NUL in the name of a file is left out', async () => {
    for (const [url, status] of [
      ['/api/v1/analyses', 202],
      ['/api/v1/batches', 202],
      ['/predict', 200],
    ] as const) {
      const sent = await ask('POST', url, form({ file: await picture() }, 'a\0b.png'))
      expect(sent.statusCode).toBe(status)
    }
    const { items } = (await ask('GET', '/api/v1/analyses?text=ab.png')).json()
    expect(items.map(({ name }: { name: string }) => name)).toEqual(['ab.png', 'ab.png', 'ab.png'])
  })

  test('half a character is kept as its replacement, or as it came', async () => {
    const sent = await ask('POST', '/api/v1/analyses', { base64: await base64(), name: 'a\ud800b' })
    expect(sent.statusCode).toBe(202)
    expect((await ask('GET', sent.json().links.self)).json().name).toMatch(/^a[\ud800\ufffd]b$/)
  })

  test.each([
    ['GET', '/api/v1/analyses?text=%00'],
    ['GET', '/api/v1/analyses?tag=a%00'],
    ['GET', '/api/v1/analyses?batch=%00'],
    ['GET', '/api/v1/analyses/%00'],
    ['GET', '/api/v1/batches/%00'],
    ['DELETE', '/api/v1/keys/a%00'],
    ['GET', `/api/v1/analyses?cursor=${cursor(1, 'a\0')}`],
    ['GET', `/api/v1/analyses?cursor=${cursor(1.5, 'a')}`],
    ['GET', `/api/v1/analyses?cursor=${cursor(1e300, 'a')}`],
    ['GET', `/api/v1/analyses?sort=probability&cursor=${cursor(0.5, 'a\0')}`],
    ['GET', `/api/v1/audit?cursor=${cursor(1.5, 'a')}`],
    ['GET', `/api/v1/audit?cursor=${cursor(null, 'a')}`],
  ] as const)('%s %s is refused', async (method, url) => {
    expect((await ask(method, url)).statusCode).toBe(400)
  })

  test('a NUL in the name of evidence is refused', async () => {
    expect((await ask('GET', `${self}/evidence/a%00`)).statusCode).toBe(400)
  })

  test('bounds that no column holds are refused, and a key may end within a day', async () => {
    const make = (bounds: object) => ask('POST', '/api/v1/keys', { name: 'n', scopes: ['read'], ...bounds })
    expect((await make({ requestsPerMinute: 1e15 })).statusCode).toBe(400)
    expect((await make({ analysesPerDay: 1e15 })).statusCode).toBe(400)
    expect((await make({ expiresInDays: 0.123456789 })).statusCode).toBe(201)
  })
})
