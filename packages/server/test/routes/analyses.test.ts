import { type AnalysisResource, AnalysisResource as Schema } from '@unswap/contract'
import Value from 'typebox/value'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { form, picture, runTestService, type TestService, untilEnded } from '../running/test-service.ts'

let running: TestService
beforeAll(async () => {
  running = await runTestService()
})
afterAll(() => running.close())

async function submit(
  parts: Parameters<typeof form>[0],
  {
    query = '',
    headers = {},
    name,
  }: { query?: string; headers?: Record<string, string>; name?: string } = {},
) {
  const answer = await running.app.inject({
    method: 'POST',
    url: `/api/v1/analyses${query}`,
    headers,
    payload: form(parts, name),
  })
  return { status: answer.statusCode, headers: answer.headers, body: answer.json() as AnalysisResource }
}

test('a form is answered with a report when the caller waits', async () => {
  const { status, headers, body } = await submit({ file: await picture() }, { query: '?wait=20' })
  expect(status).toBe(200)
  expect(headers.location).toBe(`/api/v1/analyses/${body.id}`)
  expect([...Value.Errors(Schema, body)]).toEqual([])
  expect(body.state).toBe('completed')
  expect(body.report?.verdict.band).toBe('likely_manipulated')
  expect(body.evidence.map(({ role, faceId }) => [role, faceId])).toEqual([
    ['annotated', null],
    ['crop', 'face-1'],
  ])
})

const answersFor = async (id: string) =>
  (await running.app.inject(`/api/v1/analyses/${id}`)).json() as AnalysisResource

test.each(['0.0001', '1.2345', '5e-324'])(
  '%s seconds, which are no whole milliseconds, can be waited',
  async (seconds) => {
    const { status } = await submit({ file: await picture() }, { query: `?wait=${seconds}` })
    expect([200, 202]).toContain(status)
  },
)

test('without waiting the answer is 202, and the analysis is found under its address', async () => {
  const { status, headers, body } = await submit({ file: await picture() })
  expect(status).toBe(202)
  expect(['queued', 'running', 'completed']).toContain(body.state)
  expect(headers.location).toBe(body.links.self)
  expect((await untilEnded(running, body.id)).state).toBe('completed')
})

test('media comes in as the body itself, as base64 and as a data: URL', async () => {
  const raw = await running.app.inject({
    method: 'POST',
    url: '/api/v1/analyses?retention=none&tags=a,b&frames=4',
    headers: { 'content-type': 'image/png', prefer: 'respond-async, wait=20' },
    payload: await picture(),
  })
  expect(raw.statusCode).toBe(200)
  expect(raw.headers['preference-applied']).toBe('wait=20')
  const body = raw.json() as AnalysisResource
  expect([body.tags, body.retention, body.source, body.settings.sampling]).toEqual([
    ['a', 'b'],
    'none',
    'upload',
    { count: 4 },
  ])
  const base64 = (await picture()).toString('base64')
  for (const text of [base64, `data:image/png;base64,${(await picture()).toString('base64')}`]) {
    const answer = await running.app.inject({
      method: 'POST',
      url: '/api/v1/analyses?wait=20',
      payload: { base64: text, name: 'mine.png', fps: 2 },
    })
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toMatchObject({
      source: 'base64',
      name: 'mine.png',
      settings: { sampling: { fps: 2 } },
    })
  }
})

test('the same media and settings are answered from the earlier analysis, unless that is refused', async () => {
  const file = await picture()
  const first = await submit({ file }, { query: '?wait=20' })
  const again = await submit({ file }, { query: '?wait=20' })
  expect([again.status, again.body.reused, first.body.reused]).toEqual([200, true, false])
  expect(again.body.report).toEqual(first.body.report)
  const later = (await running.app.inject(`/api/v1/analyses/${again.body.id}`)).json()
  expect(later).toEqual(again.body)
  const fresh = await submit({ file, fresh: 'true' }, { query: '?wait=20' })
  const other = await submit({ file, maxFaces: '3' }, { query: '?wait=20' })
  expect(new Set([first, again, fresh, other].map(({ body }) => body.id)).size).toBe(4)
  expect(fresh.body.report).toEqual(first.body.report)
})

test('the same media sent again keeps its own name, tags and retention, and goes without the other', async () => {
  const file = await picture()
  const first = await submit({ file, name: 'a', tags: 'one', retention: 'hours:1' }, { query: '?wait=20' })
  const again = await submit({ file, name: 'b', tags: 'two', retention: 'keep' }, { query: '?wait=20' })
  expect(again.body).toMatchObject({
    reused: true,
    name: 'b',
    tags: ['two'],
    retention: 'keep',
    expiresAt: null,
  })
  const before = (await running.app.inject(`/api/v1/analyses/${first.body.id}`)).json()
  expect(before).toMatchObject({ name: 'a', tags: ['one'], retention: 'hours:1', reused: false })
  const listed = (await running.app.inject('/api/v1/analyses?tag=two')).json()
  expect(listed.items.map(({ id }: { id: string }) => id)).toEqual([again.body.id])
  await running.app.inject({ method: 'DELETE', url: first.body.links.self })
  const thumbnail = await running.app.inject(again.body.thumbnail!)
  const media = await running.app.inject(again.body.links.media!)
  expect([thumbnail.statusCode, media.rawPayload.equals(file)]).toEqual([200, true])
  const bare = await submit({ file, retention: 'none' }, { query: '?wait=20' })
  expect(bare.body).toMatchObject({ reused: true, retention: 'none', evidence: [], mediaKept: false })
})

test('a list comes as one field with commas, or as a field for each', async () => {
  const payload = form({ file: await picture() })
  for (const tag of ['a', 'b,c']) payload.append('tags', tag)
  const answer = await running.app.inject({ method: 'POST', url: '/api/v1/analyses', payload })
  expect(answer.json().tags).toEqual(['a', 'b', 'c'])
})

test('an Idempotency-Key gives the first answer again, and is not taken for another request', async () => {
  const headers = { 'idempotency-key': 'key-1' }
  const file = await picture()
  const options = { headers, query: '?wait=20' }
  const first = await submit({ file, fresh: 'true' }, options)
  const again = await submit({ file, fresh: 'true' }, options)
  expect(again.body.id).toBe(first.body.id)
  expect((await submit({ file: await picture() }, options)).status).toBe(409)
  const bad = await submit(
    { file: Buffer.from('no picture at all') },
    { headers: { 'idempotency-key': 'key-2' } },
  )
  expect(bad.status).toBe(415)
  expect((await submit({ file: await picture() }, { headers: { 'idempotency-key': 'key-2' } })).status).toBe(
    202,
  )
})

test('several submissions at once under one key make one analysis', async () => {
  const file = await picture()
  const headers = { 'idempotency-key': 'key-3' }
  const all = await Promise.all(Array.from({ length: 6 }, () => submit({ file, fresh: 'true' }, { headers })))
  const made = new Set(all.filter(({ status }) => status !== 409).map(({ body }) => body.id))
  expect(made.size).toBe(1)
})

test('retention `none` leaves nothing on the disk, and the report stays', async () => {
  await running.idle()
  const before = await running.stored()
  const { body } = await submit({ file: await picture(), retention: 'none' }, { query: '?wait=20' })
  await expect.poll(() => running.stored()).toEqual(before)
  expect([body.mediaKept, body.evidence, body.links.media]).toEqual([false, [], null])
  expect((await running.app.inject(`${body.links.self}/media`)).statusCode).toBe(410)
  expect((await running.app.inject(`${body.links.self}/evidence/annotated.jpg`)).statusCode).toBe(410)
  const page = await running.app.inject(`${body.links.self}/report.html`)
  expect([page.statusCode, page.body.startsWith('<!doctype html>')]).toEqual([200, true])
})

test('report, evidence, thumbnail and parts of the media can be had', async () => {
  const file = await picture()
  const { body } = await submit({ file }, { query: '?wait=20' })
  const { self } = body.links
  const get = (path: string, headers = {}) => running.app.inject({ url: self + path, headers })
  expect((await get('/report.json')).json()).toEqual(body.report)
  expect((await get('/report.html')).headers['content-type']).toMatch('text/html')
  expect((await get('/evidence/annotated.jpg')).rawPayload).toEqual(Buffer.from([1, 2, 3]))
  expect((await get('/thumbnail')).rawPayload).toEqual(Buffer.from([4, 5]))
  const media = await get('/media')
  expect([media.headers['content-type'], media.rawPayload.equals(file)]).toEqual(['image/png', true])
  const part = await get('/media', { range: 'bytes=1-3' })
  expect([part.statusCode, part.rawPayload.toString(), part.headers['content-range']]).toEqual([
    206,
    'PNG',
    `bytes 1-3/${file.length}`,
  ])
  expect((await get('/media', { range: 'bytes=999999-' })).statusCode).toBe(416)
  expect((await get('/evidence/..%2F..%2Funswap.db')).statusCode).toBe(404)
  expect((await get('/evidence/other.jpg')).statusCode).toBe(404)
})

test('deleting erases row, media and evidence', async () => {
  await running.idle()
  const before = await running.stored()
  const { body } = await submit({ file: await picture() }, { query: '?wait=20' })
  expect((await running.stored()).length).toBeGreaterThan(before.length)
  const gone = await running.app.inject({ method: 'DELETE', url: body.links.self })
  expect([gone.statusCode, gone.body]).toEqual([204, ''])
  expect(await running.stored()).toEqual(before)
  expect((await running.app.inject(body.links.self)).statusCode).toBe(404)
  expect((await running.app.inject({ method: 'DELETE', url: body.links.self })).statusCode).toBe(404)
})

test('a running analysis can be cancelled, a finished one cannot', async () => {
  const { body } = await submit({ file: await picture(), name: 'slow' })
  const cancel = () => running.app.inject({ method: 'POST', url: `${body.links.self}/cancel` })
  const cancelled = await cancel()
  expect([cancelled.statusCode, cancelled.json().state]).toEqual([200, 'cancelled'])
  expect((await cancel()).statusCode).toBe(409)
})

test('lists filter, sort and page without losing or repeating', async () => {
  for (const [width, height] of [
    [40, 20],
    [20, 40],
    [30, 30],
  ] as const) {
    await submit(
      { file: await picture(width, height), tags: 'listed', name: `Bild ${width}` },
      { query: '?wait=20' },
    )
  }
  const list = async (query: string) => {
    const answer = await running.app.inject(`/api/v1/analyses?tag=listed&${query}`)
    return answer.json() as { items: { id: string; name: string }[]; next: string | null }
  }
  const names = async (query: string) => (await list(query)).items.map(({ name }) => name)
  expect(await names('sort=createdAt')).toEqual(['Bild 40', 'Bild 20', 'Bild 30'])
  expect(await names('sort=-probability')).toEqual(['Bild 40', 'Bild 20', 'Bild 30'])
  expect(await names('verdict=likely_authentic')).toEqual(['Bild 20'])
  expect(await names('family=face_swap')).toEqual(['Bild 40'])
  expect(await names('text=bild%2030')).toEqual(['Bild 30'])
  expect(await names('state=failed')).toEqual([])
  expect(await names(`from=${new Date(Date.now() + 60_000).toISOString()}`)).toEqual([])
  const seen: string[] = []
  let cursor = ''
  do {
    const page = await list(`limit=1${cursor}`)
    seen.push(...page.items.map(({ name }) => name))
    cursor = page.next === null ? '' : `&cursor=${page.next}`
  } while (cursor !== '')
  expect(seen).toEqual(['Bild 30', 'Bild 20', 'Bild 40'])
  for (const wrong of ['cursor=nonsense', 'limit=0', 'verdict=fake', 'from=yesterday', 'colour=red']) {
    expect((await running.app.inject(`/api/v1/analyses?${wrong}`)).statusCode).toBe(400)
  }
})

test('feedback is kept, shown beside the verdict, and exported as a regression set', async () => {
  const { body } = await submit({ file: await picture(), name: 'judged' }, { query: '?wait=20' })
  const give = (payload: object, id = body.id) =>
    running.app.inject({ method: 'POST', url: `/api/v1/analyses/${id}/feedback`, payload })
  expect(
    (await give({ right: false, rating: 2, comment: 'ist echt', override: 'likely_authentic' })).statusCode,
  ).toBe(201)
  const after = await answersFor(body.id)
  expect([after.override, after.feedback.length, after.verdict?.band]).toEqual([
    'likely_authentic',
    1,
    'likely_manipulated',
  ])
  for (const wrong of [{}, { rating: 6 }, { override: 'fake' }, { rigth: true }]) {
    expect((await give(wrong)).statusCode).toBe(400)
  }
  expect((await give({ right: true }, crypto.randomUUID())).statusCode).toBe(404)
  const lines = (await running.app.inject('/api/v1/feedback/export')).body.trim().split('\n')
  const mine = lines.map((line) => JSON.parse(line)).find((line) => line.analysisId === body.id)
  expect(mine).toMatchObject({ truth: 'real', verdict: 'likely_manipulated', sha256: body.sha256 })
})

test('a process that dies takes its analysis down, and the service goes on', async () => {
  const { status, body } = await submit({ file: await picture(), name: 'crash' }, { query: '?wait=60' })
  expect([status, (body as unknown as { code: string }).code]).toEqual([422, 'media_crashed_worker'])
  expect((await submit({ file: await picture() }, { query: '?wait=20' })).status).toBe(200)
})

test('models, limits, figures and health are told', async () => {
  const get = async (url: string) => (await running.app.inject(url)).json()
  const { items } = await get('/api/v1/models')
  expect(items).toMatchObject([
    { id: 'test-1', variant: 'int8', card: '# Card\n', calibration: { status: 'provisional' } },
  ])
  expect(await get('/api/v1/limits')).toMatchObject({ urlFetch: true, retention: { default: 'hours:24' } })
  const stats = await get('/api/v1/stats?hours=1')
  expect(stats.totals.completed).toBeGreaterThan(5)
  expect(stats.series.length).toBe(12)
  expect(await get('/livez')).toEqual({ alive: true })
  const ready = { ready: true, database: true, queue: true, storage: true, proven: true, models: ['test-1'] }
  // The worker is told again at its next heartbeat, which a busy machine delays.
  await vi.waitFor(async () => expect(await get('/readyz')).toEqual(ready), {
    timeout: 30_000,
    interval: 200,
  })
  const metrics = (await running.app.inject('/metrics')).body
  for (const name of [
    'http_request_seconds',
    'verdicts_total',
    'family_triggers_total',
    'queue_jobs',
    'probability',
    'batch_crops',
    'model_seconds',
  ]) {
    expect(metrics).toMatch(new RegExp(`^unswap_${name}[_{ ]`, 'm'))
  }
})
