// Clients written from the old system's description alone.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import Value from 'typebox/value'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CompatHealth, CompatModels, Prediction } from '../../src/compat/compat-schema.ts'
import { form, picture, runTestService, type TestService } from '../running/test-service.ts'

let running: TestService
let web: Server
let pictures = ''
beforeAll(async () => {
  running = await runTestService({
    listen: true,
    config: { compat: { bytes: 50_000, perSecond: 0 }, fetch: { allowPrivate: ['127.0.0.1'] } },
  })
  web = createServer(async (_, reply) =>
    reply.setHeader('content-type', 'image/png').end(await picture(20, 40)),
  )
  await new Promise<void>((done) => web.listen(0, '127.0.0.1', done))
  pictures = `http://127.0.0.1:${(web.address() as AddressInfo).port}/a.png`
})
afterAll(async () => {
  await running.close()
  web.close()
})

const call = async (path: string, body?: FormData | Record<string, unknown>) => {
  const answer = await fetch(running.url + path, {
    ...(body === undefined ? {} : { method: 'POST' }),
    ...(body instanceof FormData
      ? { body }
      : body
        ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
        : {}),
  })
  // biome-ignore lint/suspicious/noExplicitAny: what comes back is what is tested
  return { status: answer.status, body: (await answer.json()) as any }
}

test('a script posts files and reads result, score, threshold, input_type and prediction_id', async () => {
  for (const path of ['/api/predict', '/predict']) {
    for (const [width, height, result] of [
      [60, 40, 'FAKE'],
      [40, 60, 'REAL'],
      [50, 50, 'UNKNOWN'],
    ] as const) {
      const { status, body } = await call(path, form({ file: await picture(width, height) }))
      expect(status).toBe(200)
      expect([...Value.Errors(Prediction, body)]).toEqual([])
      expect(body.result).toBe(result)
      expect(body.input_type).toBe('image')
      expect(body.prediction_id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-/)
      expect(body.score >= body.threshold).toBe(result === 'FAKE')
    }
  }
})

test('the whole answer for a fake: FAKE exactly when a domain crosses its threshold', async () => {
  const { body } = await call('/api/predict', form({ file: await picture(80, 40) }))
  expect(body).toMatchObject({
    result: 'FAKE',
    score: 0.97,
    threshold: 0.8,
    trigger_model: 'test-1',
    fake_confidence: 0.97,
    per_model: [
      {
        name: 'test-1',
        fake_score: 0.97,
        threshold: 0.8,
        domain: 'face_swap',
        raw: 0.97,
        output: 'prob_fake',
      },
    ],
  })
  expect(body.details).toMatch(/manipulated/)
  expect(Object.keys(body.domains)).toEqual(['manipulated', 'face_swap', 'reenactment', 'synthesis'])
  expect(body.domains.face_swap).toMatchObject({
    domain_threshold: 0.5,
    trigger_model: 'test-1',
    crosses_threshold: true,
  })
  expect(body.domains.reenactment).toMatchObject({
    fake_score: 0.1,
    trigger_model: null,
    crosses_threshold: false,
  })
  const real = (await call('/api/predict', form({ file: await picture(40, 80) }))).body
  const domains = Object.values(real.domains) as { crosses_threshold: boolean }[]
  expect(domains.some((domain) => domain.crosses_threshold)).toBe(false)
  expect([real.trigger_model, real.per_model[0].real_score]).toEqual([null, 0.97])
})

test('no face is UNKNOWN with score 0', async () => {
  const { body } = await call('/api/predict', form({ file: await picture(33, 33) }))
  expect(body).toMatchObject({ result: 'UNKNOWN', score: 0, fake_confidence: null, per_model: [] })
  expect(body.details).toMatch('No face was found.')
})

test('pictures come as base64 and by address', async () => {
  const base64 = await call('/api/predict', { base64_image: (await picture()).toString('base64') })
  expect([base64.status, base64.body.result]).toEqual([200, 'FAKE'])
  const url = await call('/api/predict', { image_url: pictures })
  expect([url.status, url.body.result]).toEqual([200, 'REAL'])
  const video = await call('/api/predict', { video_url: pictures })
  expect([video.status, video.body.input_type]).toEqual([200, 'image'])
})

test('errors are {"detail"} with the old statuses', async () => {
  const refused = async (body: FormData | Record<string, string>) => {
    const answer = await call('/api/predict', body)
    expect(Object.keys(answer.body)).toEqual(['detail'])
    expect(typeof answer.body.detail).toBe('string')
    return answer.status
  }
  expect(await refused({})).toBe(400)
  expect(await refused({ base64_image: 'a', image_url: 'b' })).toBe(400)
  expect(await refused({ base64_image: '!' })).toBe(400)
  expect(await refused({ image_url: 'http://10.0.0.1/a.png' })).toBe(400)
  expect(await refused(form({ other: 'x' }))).toBe(400)
  expect(await refused(form({ file: Buffer.from('text') }))).toBe(400)
  expect(await refused(form({ file: Buffer.alloc(60_000, 'x') }))).toBe(413)
})

test('feedback is kept for the prediction it names', async () => {
  const { body } = await call('/api/predict', form({ file: await picture() }))
  const given = await call('/api/feedback', {
    prediction_id: body.prediction_id,
    user_actual_result: 'REAL',
    feedback_text: 'it is me',
    score: 1,
  })
  expect([given.status, given.body.status, typeof given.body.message]).toEqual([200, 'success', 'string'])
  const { feedback } = (await call(`/api/v1/analyses/${body.prediction_id}`)).body
  expect(feedback).toMatchObject([{ id: given.body.feedback_id, comment: 'it is me', rating: 1 }])
  const lines = await (await fetch(`${running.url}/api/v1/feedback/export`)).text()
  expect(JSON.parse(lines)).toMatchObject({ truth: 'real', verdict: 'likely_manipulated' })
  expect(
    (await call('/feedback', { prediction_id: body.prediction_id, user_actual_result: 'FAKE' })).status,
  ).toBe(200)
  const unknown = await call('/api/feedback', {
    prediction_id: crypto.randomUUID(),
    user_actual_result: 'FAKE',
  })
  expect(unknown.status).toBe(404)
  const wrong = await call('/api/feedback', {
    prediction_id: body.prediction_id,
    user_actual_result: 'MAYBE',
  })
  expect(wrong.status).toBe(400)
})

test('health and models', async () => {
  const health = await call('/api/health')
  expect([...Value.Errors(CompatHealth, health.body)]).toEqual([])
  expect(health.body).toMatchObject({ status: 'ok', models_loaded: 1 })
  const models = await call('/api/models')
  expect([...Value.Errors(CompatModels, models.body)]).toEqual([])
  expect(models.body.models).toMatchObject([
    { name: 'test-1', output: 'prob_fake', threshold: 0.8, loaded: true },
  ])
})

test('more than five requests a second are refused with 429', async () => {
  const limited = await runTestService({ listen: true })
  const body = JSON.stringify({})
  const headers = { 'content-type': 'application/json' }
  const send = () => fetch(`${limited.url}/api/predict`, { method: 'POST', body, headers })
  const all = await Promise.all(Array.from({ length: 8 }, send))
  expect(all.map(({ status }) => status).sort()).toEqual([400, 400, 400, 400, 400, 429, 429, 429])
  await limited.close()
})
