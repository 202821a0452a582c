// Every address of the API that names something, asked by somebody to whom it does not belong. What is asked comes out of
// the description of the API, so that a route that is added is tried as well, or fails here until it is said how to ask.
import type { AnalysisResource, Batch } from '@unswap/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Operation, readOperations } from '../../../../fuzz/api/api-operations.ts'
import { deliverDue } from '../running/deliver-due.ts'
import { form, picture, runTestService, type TestService } from '../running/test-service.ts'

type Headers = Record<string, string>

/** What stands in the body where one is needed; `ID` is that of the analysis. */
const BODIES: Record<string, object> = {
  'POST /api/v1/analyses/{id}/feedback': { right: true, comment: 'by the wrong one' },
  'POST /api/v1/analyses/export.csv': { ids: ['ID'] },
  'POST /api/v1/analyses/erase': { ids: ['ID'] },
  'POST /api/feedback': { prediction_id: 'ID', user_actual_result: 'REAL' },
  'POST /feedback': { prediction_id: 'ID', user_actual_result: 'REAL' },
}

/** Whom the first part of an address belongs to. */
const KINDS = { analyses: 'analysis', batches: 'batch', keys: 'key' } as const

/** What anybody may ask without a key. */
const PUBLIC = [
  ...['GET /api/v1/limits', 'GET /api/v1/signing-keys', 'GET /livez', 'GET /readyz', 'GET /metrics'],
  ...['GET /api/v1/session', 'POST /api/v1/session', 'DELETE /api/v1/session'],
  ...['GET /api/v1/session/start', 'GET /api/v1/session/callback'],
  ...['GET /api/health', 'GET /api/models'],
]

const nameOf = ({ method, path }: Operation) => `${method} ${path}`
const fieldsOf = ({ requestBody }: Operation) => {
  const schema = requestBody?.content['application/json']?.schema as { properties?: object } | undefined
  return Object.keys(schema?.properties ?? {})
}
const operations = readOperations()
const naming = operations.filter(
  (one) => one.path.includes('{') || fieldsOf(one).some((field) => /(^|_)id$|Id$/.test(field)),
)

let running: TestService
let mine: Headers
let yours: Headers
let admin: Headers
let analysis: AnalysisResource
let batch: Batch
let key: string
let delivery: string
/** Nobody listens at the address of the webhook. */
const SENT = {
  name: 'name of mine.png',
  tags: 'tag-of-mine',
  retention: 'keep',
  webhook: 'http://127.0.0.1:9/hook-of-mine',
}
let media: Buffer

const send = async (headers: Headers, fields: Record<string, string>, file = media, more: Headers = {}) =>
  running.app.inject({
    method: 'POST',
    url: '/api/v1/analyses?wait=20',
    headers: { ...headers, ...more },
    payload: form({ file, ...fields }),
  })

beforeAll(async () => {
  running = await runTestService({
    config: {
      access: { anonymous: 'anyone' },
      fetch: { allowPrivate: ['127.0.0.1'] },
      webhooks: { attempts: 1 },
    },
  })
  ;[mine, yours, admin] = [
    await running.key('analyze', 'read', 'feedback'),
    await running.key('analyze', 'read', 'feedback'),
    await running.key('admin'),
  ]
  media = await picture()
  analysis = (await send(mine, SENT)).json()
  const many = await running.app.inject({
    method: 'POST',
    url: '/api/v1/batches',
    headers: mine,
    payload: form({ file: [await picture(), await picture()], name: 'batch of mine' }),
  })
  batch = many.json()
  await running.idle()
  const listed = await running.app.inject({ url: '/api/v1/keys', headers: admin })
  key = listed.json().items.at(-1).id
  await giveFeedback(mine)
  await deliverDue(running.service)
  const url = `/api/v1/analyses/${analysis.id}/deliveries`
  delivery = (await running.app.inject({ url, headers: mine })).json().items[0].id
})
afterAll(() => running.close())

const giveFeedback = (headers: Headers) =>
  running.app.inject({
    method: 'POST',
    url: `/api/v1/analyses/${analysis.id}/feedback`,
    headers,
    payload: { right: false, comment: 'note of mine' },
  })

/** One operation, asked about what is really there, or about `other`. */
async function ask(operation: Operation, headers: Headers, { method = operation.method, other = '' } = {}) {
  const kind = KINDS[operation.path.split('/')[3] as keyof typeof KINDS] ?? 'analysis'
  const ids = { analysis: analysis.id, batch: batch.id, key }
  const evidence = analysis.evidence[0]!.name
  const parts: Record<string, string> = { id: other || ids[kind], name: evidence, delivery }
  const url = operation.path.replace(/\{(\w+)\}/g, (_, name) => parts[name] ?? `no ${name} is known`)
  const body = BODIES[nameOf(operation)]
  const text = JSON.stringify(body)?.replace('ID', other || analysis.id)
  return running.app.inject({
    method: method as 'GET',
    url,
    headers: { ...headers, 'x-request-id': 'the-same-one' },
    ...(body && { payload: JSON.parse(text!) as object }),
  })
}

const everything = async () => {
  const pages = ['', '/report.json', '/report.html', '/media', '/thumbnail', '/deliveries']
  const answers = await Promise.all([
    ...pages.map((path) =>
      running.app.inject({ url: `/api/v1/analyses/${analysis.id}${path}`, headers: mine }),
    ),
    running.app.inject({ url: `/api/v1/batches/${batch.id}`, headers: mine }),
    running.app.inject({ url: '/api/v1/analyses', headers: mine }),
    running.app.inject({ url: '/api/v1/feedback/export', headers: mine }),
  ])
  expect(answers.map(({ statusCode }) => statusCode)).toEqual(answers.map(() => 200))
  return answers.map(({ body }) => body)
}

test('it is known of every operation what it names, and what to send', () => {
  expect(naming.length).toBeGreaterThan(15)
  for (const operation of naming) {
    const [, , version, first = ''] = operation.path.split('/')
    if (version === 'analyses' || operation.path.startsWith('/api/v1/')) {
      expect([operation.path, first in KINDS]).toEqual([operation.path, true])
    }
    if (operation.requestBody)
      expect([nameOf(operation), BODIES[nameOf(operation)] !== undefined]).toEqual([nameOf(operation), true])
  }
})

test('nobody but who is named as public answers a stranger where a key is needed', async () => {
  const closed = await runTestService({ work: false, config: { access: { anonymous: 'never' } } })
  for (const operation of operations) {
    const url = operation.path.replace(/\{\w+\}/g, crypto.randomUUID())
    // A body that fits, so that it is the caller who is refused and not what was sent.
    const body = BODIES[nameOf(operation)]
    const payload =
      body ?? (nameOf(operation) === 'POST /api/v1/keys' ? { name: 'x', scopes: ['admin'] } : null)
    const { statusCode } = await closed.app.inject({
      method: operation.method as 'GET',
      url,
      remoteAddress: '192.0.2.1',
      ...(payload && { payload }),
    })
    const refused = statusCode === 401
    if (!(nameOf(operation) === 'GET /metrics'))
      expect([nameOf(operation), refused]).toEqual([nameOf(operation), !PUBLIC.includes(nameOf(operation))])
  }
  await closed.close()
})

describe('what belongs to one key', () => {
  let before: string[] = []
  beforeAll(async () => {
    before = await everything()
  })

  test.each(naming.map((one) => [nameOf(one), one] as const))(
    '%s: another key is told as little as of nothing',
    async (_, operation) => {
      const answer = await ask(operation, yours)
      expect([403, 404]).toContain(answer.statusCode)
      const nothing = await ask(operation, yours, { other: crypto.randomUUID() })
      expect([answer.statusCode, answer.body]).toEqual([nothing.statusCode, nothing.body])
      for (const secret of ['of mine', analysis.sha256, analysis.verdict!.band]) {
        expect(answer.body).not.toContain(secret)
      }
      if (operation.method === 'GET') {
        expect((await ask(operation, yours, { method: 'HEAD' })).statusCode).toBe(answer.statusCode)
      }
    },
  )

  test('what belongs to an analysis is not reached by way of one’s own', async () => {
    const own: AnalysisResource = (await send(yours, {}, await picture())).json()
    for (const operation of naming.filter(({ path }) => path.includes('{delivery}'))) {
      expect((await ask(operation, yours, { other: own.id })).statusCode).toBe(404)
    }
    await running.app.inject({ method: 'DELETE', url: own.links.self, headers: yours })
  })

  test('nothing of it has changed, and its owner cannot be told of another’s tries', async () => {
    expect(await everything()).toEqual(before)
  })

  test('another key finds none of it by any filter, search, export or cursor', async () => {
    const { next } = (await running.app.inject({ url: '/api/v1/analyses?limit=1', headers: mine })).json()
    expect(next).not.toBeNull()
    const filters = ['', 'text=mine', `text=${analysis.sha256}`, `batch=${batch.id}`, 'tag=tag-of-mine']
    filters.push('state=completed', 'kind=image', `verdict=${analysis.verdict!.band}`, 'sort=probability')
    filters.push(`cursor=${encodeURIComponent(next)}`, 'from=2000-01-01T00:00:00Z', 'limit=200')
    for (const query of filters) {
      const found = await running.app.inject({ url: `/api/v1/analyses?${query}`, headers: yours })
      expect([query, found.statusCode, found.json().items]).toEqual([query, 200, []])
    }
    const exported = await running.app.inject({ url: '/api/v1/feedback/export', headers: yours })
    expect([exported.statusCode, exported.body]).toEqual([200, ''])
    for (const url of ['/api/v1/audit', '/api/v1/keys']) {
      expect((await running.app.inject({ url, headers: yours })).statusCode).toBe(403)
    }
  })

  test('figures are of one’s own analyses, and for an admin of all', async () => {
    const stats = async (headers: Headers) =>
      (await running.app.inject({ url: '/api/v1/stats', headers })).json()
    const [own, all] = [await stats(mine), await stats(admin)]
    expect([own.totals.completed, all.totals.completed]).toEqual([3, 3])
    const others = await stats(await running.key('read'))
    expect(others).toMatchObject({
      totals: { completed: 0, failed: 0, cancelled: 0 },
      families: {},
      perMinute: 0,
      medianSeconds: null,
      probabilities: own.probabilities.map(() => 0),
    })
  })

  test('the same media, and the same Idempotency-Key, lead another key to an analysis of its own', async () => {
    const once = { 'idempotency-key': 'one-two-three' }
    const first = (await send(mine, { ...SENT, fresh: 'true' }, media, once)).json()
    const other = await send(
      yours,
      { ...SENT, fresh: 'true', tags: 'tag-of-yours', name: 'yours' },
      media,
      once,
    )
    expect(other.statusCode).toBe(200)
    const own: AnalysisResource = other.json()
    const same: AnalysisResource = (await send(yours, {})).json()
    expect([own.id === first.id, own.reused, same.reused]).toEqual([false, false, true])
    expect(JSON.stringify([own, same])).not.toContain('mine')
    expect(own.feedback).toEqual([])
    const left = (await running.app.inject({ url: `/api/v1/analyses/${analysis.id}`, headers: mine })).json()
    expect(left.tags).toEqual(['tag-of-mine'])
    await running.app.inject({ method: 'DELETE', url: own.links.self, headers: yours })
  })

  const last = ({ method }: Operation) => Number(method === 'DELETE')
  const inOrder = naming.toSorted((a, b) => last(a) - last(b))
  test.each(inOrder.map((one) => [nameOf(one), one] as const))(
    '%s: who may, is answered',
    async (_, operation) => {
      const { statusCode } = await ask(operation, operation.path.includes('/keys/') ? admin : mine)
      // What has ended cannot be cancelled, and its owner is told so.
      expect([200, 201, 202, 204, ...(operation.path.endsWith('/cancel') ? [409] : [])]).toContain(statusCode)
    },
  )
})

describe('where anyone may come without a key', () => {
  test('strangers are not shown each other’s names, tags and notes by sending the same media', async () => {
    const file = await picture()
    const from = (remoteAddress: string, fields: Record<string, string>, more: Headers = {}) =>
      running.app.inject({
        method: 'POST',
        url: '/api/v1/analyses?wait=20',
        remoteAddress,
        headers: more,
        payload: form({ file, ...fields }),
      })
    const one: AnalysisResource = (await from('192.0.2.1', SENT)).json()
    const other: AnalysisResource = (await from('192.0.2.2', { tags: 'tag-of-yours' })).json()
    expect([one.state, other.state, one.id === other.id]).toEqual(['completed', 'completed', false])
    expect(JSON.stringify(other)).not.toContain('mine')
    const left = (await running.app.inject({ url: one.links.self, remoteAddress: '192.0.2.1' })).json()
    expect([left.tags, left.retention]).toEqual([['tag-of-mine'], 'keep'])

    const once = { 'idempotency-key': 'anything' }
    const first: AnalysisResource = (await from('192.0.2.1', { tags: 'x' }, once)).json()
    const again: AnalysisResource = (await from('192.0.2.1', { tags: 'x' }, once)).json()
    const stranger: AnalysisResource = (await from('192.0.2.2', { tags: 'x' }, once)).json()
    expect([again.id === first.id, stranger.id === first.id]).toEqual([true, false])
  })
})
