import { Writable } from 'node:stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLog } from '../../src/log.ts'
import { form, picture, runTestService, type TestService } from '../running/test-service.ts'

const lines: string[] = []
const sink = new Writable({
  write: (chunk, _encoding, done) => {
    lines.push(String(chunk))
    done()
  },
})

let running: TestService
beforeAll(async () => {
  running = await runTestService({ log: sink })
})
afterAll(() => running.close())

test('the log tells ids, hash and times, and neither names nor keys nor media', async () => {
  const { authorization } = await running.key('admin')
  const file = await picture()
  const payload = form(
    { file, name: 'Erika Mustermann', tags: 'geheim', webhookSecret: 'very-secret-word' },
    'erika.png',
  )
  const sent = await running.app.inject({
    method: 'POST',
    url: '/api/v1/analyses?wait=20&token=in-the-address',
    headers: { authorization, cookie: 'unswap_session=usk_cookie', 'x-request-id': 'request-0001' },
    payload,
  })
  expect(sent.statusCode).toBe(400)
  const good = await running.app.inject({
    method: 'POST',
    url: '/api/v1/analyses?wait=20',
    headers: { authorization, 'x-request-id': 'request-0002' },
    payload: form({ file, name: 'Erika Mustermann', tags: 'geheim' }, 'erika.png'),
  })
  const { id, sha256 } = good.json()
  const comment = { comment: 'das ist mein Nachbar', right: true }
  await running.app.inject({
    method: 'POST',
    url: `/api/v1/analyses/${id}/feedback`,
    headers: { authorization },
    payload: comment,
  })
  await running.app.inject({
    method: 'POST',
    url: '/api/v1/session',
    payload: { token: 'usk_wrong-secret-of-somebody' },
  })
  await running.app.inject({ url: '/api/v1/analyses?text=Erika', headers: { authorization } })
  const log = lines.join('')
  const told = lines.map((line) => JSON.parse(line))
  expect(told.find(({ msg }) => msg === 'job ended')).toMatchObject({
    analysis: id,
    sha256,
    job: 1,
    timings: { scoring: 20 },
  })
  expect(told.find(({ reqId, msg }) => reqId === 'request-0002' && msg === 'answered')).toMatchObject({
    route: '/api/v1/analyses',
    status: 200,
    caller: 'key',
  })
  for (const secret of [
    authorization.slice(7 + 10),
    'usk_cookie',
    'usk_wrong',
    'Erika',
    'erika.png',
    'geheim',
    'very-secret-word',
    'in-the-address',
    'Nachbar',
    '127.0.0.1',
    file.toString('base64').slice(20, 60),
  ]) {
    expect(log).not.toContain(secret)
  }
})

test('what must not be logged is cut out wherever it stands, and causes keep their codes alone', () => {
  const own: string[] = []
  const log = createLog('info', { write: (line: string) => void own.push(line) })
  log.info(
    { name: 'Erika', deep: { secret: 'x1', one: { token: 'x2' } }, authorization: 'x3', id: 'kept' },
    'said',
  )
  const cause = Object.assign(new Error('refused'), { code: 'ECONNREFUSED', config: { password: 'x4' } })
  log.error({ err: new Error('storage', { cause }) }, 'failed')
  expect(own.join('')).not.toMatch(/Erika|x[1-4]/)
  expect(JSON.parse(own[0]!)).toMatchObject({ id: 'kept' })
  expect(JSON.parse(own[1]!)).toMatchObject({ err: { message: 'storage', cause: { code: 'ECONNREFUSED' } } })
})
