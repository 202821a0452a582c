// What a page of another site can make a browser send: forms and beacons without a preflight, with the cookie where the
// browser is old enough to add it, and whatever comes with being on this machine.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { form, picture, runTestService, type TestService } from '../running/test-service.ts'

let running: TestService
let cookie = ''
beforeAll(async () => {
  running = await runTestService({
    work: false,
    config: { http: { corsOrigins: ['https://friend.example'] } },
  })
  const { authorization } = await running.key('admin')
  const signIn = await running.app.inject({
    method: 'POST',
    url: '/api/v1/session',
    payload: { token: authorization.slice(7) },
  })
  cookie = String(signIn.headers['set-cookie']).split(';')[0]!
})
afterAll(() => running.close())

const ELSEWHERE: Record<string, string>[] = [
  { origin: 'https://evil.example' },
  { origin: 'null' },
  { origin: 'http://localhost:3000' },
  { origin: 'https://localhost' },
  { origin: 'http://localhost.evil.example' },
  { origin: 'https://friend.example.evil.example' },
  { origin: 'https://friend.example:444' },
  { origin: 'http://friend.example' },
  { origin: 'file://' },
  { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' },
  { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' },
  { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' },
]
const SIMPLE = [
  { type: 'text/plain', payload: '{"url":"https://a.example/x.png"}' },
  { type: 'application/x-www-form-urlencoded', payload: 'url=https://a.example/x.png' },
  { type: 'image/png', payload: 'x' },
] as const

test.each(ELSEWHERE)('a page with %j can change nothing, with or without the cookie', async (headers) => {
  const before = await running.service.db.selectFrom('audit').selectAll().execute()
  for (const own of [{ cookie }, {}] as Record<string, string>[]) {
    const ask = (method: 'POST' | 'DELETE', url: string, type?: string, payload?: string | FormData) =>
      running.app.inject({
        method,
        url,
        headers: { ...own, ...headers, ...(type && { 'content-type': type }) },
        ...(payload !== undefined && { payload }),
      })
    const answers = [
      await ask('POST', '/api/v1/analyses', undefined, form({ file: await picture() })),
      await ask('POST', '/predict', undefined, form({ file: await picture() })),
      await ask('POST', '/api/v1/batches', undefined, form({ file: await picture() })),
      await ask('DELETE', `/api/v1/analyses/${crypto.randomUUID()}`),
    ]
    for (const { type, payload } of SIMPLE) answers.push(await ask('POST', '/api/v1/analyses', type, payload))
    // Without a preflight there is no JSON, and without JSON no key.
    const key = await ask('POST', '/api/v1/keys', 'text/plain', '{"name":"x","scopes":["admin"]}')
    expect(key.statusCode).toBe(400)
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(answers.map(() => 401))
    for (const answer of answers) expect(answer.headers['access-control-allow-origin']).toBeUndefined()
  }
  expect(await running.service.db.selectFrom('audit').selectAll().execute()).toEqual(before)
})

test('the service’s own pages can, by the cookie, and nothing changes state by GET', async () => {
  const own = { cookie, origin: 'http://localhost:80', host: 'localhost:80' }
  const sent = await running.app.inject({
    method: 'POST',
    url: '/api/v1/analyses',
    headers: own,
    payload: form({ file: await picture() }),
  })
  expect(sent.statusCode).toBe(202)
  const { self } = sent.json().links
  for (const path of [`${self}/cancel`, `${self}/feedback`, '/api/v1/batches', '/predict']) {
    expect((await running.app.inject({ url: path, headers: own })).statusCode).toBe(404)
  }
  expect((await running.app.inject({ url: self, headers: own })).json().state).toBe('queued')
})

test('an origin is answered when it is on the list letter by letter, and never with credentials', async () => {
  const ask = async (origin: string) =>
    (
      await running.app.inject({
        method: 'OPTIONS',
        url: '/api/v1/analyses',
        headers: { origin, 'access-control-request-method': 'DELETE' },
      })
    ).headers
  const friend = await ask('https://friend.example')
  expect(friend['access-control-allow-origin']).toBe('https://friend.example')
  expect(friend['access-control-allow-credentials']).toBeUndefined()
  expect(friend['access-control-allow-methods']).toBe('GET, POST, DELETE')
  expect(friend.vary).toMatch(/origin/i)
  for (const { origin } of ELSEWHERE) {
    if (origin) expect((await ask(origin))['access-control-allow-origin']).toBeUndefined()
  }
})

test('over HTTPS the cookie belongs to this host alone', async () => {
  const secure = await runTestService({
    work: false,
    config: { http: { publicUrl: 'https://unswap.example' } },
  })
  const { authorization } = await secure.key('read')
  const payload = { token: authorization.slice(7) }
  const signIn = await secure.app.inject({ method: 'POST', url: '/api/v1/session', payload })
  const set = String(signIn.headers['set-cookie'])
  expect(set).toMatch(/^__Host-unswap_session=.*Path=\/; HttpOnly; Secure; SameSite=Strict/)
  expect(set).not.toMatch(/domain/i)
  const see = async (name: string) =>
    (
      await secure.app.inject({
        url: '/api/v1/session',
        remoteAddress: '192.0.2.1',
        headers: { cookie: `${name}=${payload.token}` },
      })
    ).json().kind
  expect([await see('__Host-unswap_session'), await see('unswap_session')]).toEqual(['key', 'none'])
  const out = await secure.app.inject({ method: 'DELETE', url: '/api/v1/session' })
  expect(String(out.headers['set-cookie'])).toMatch(/^__Host-unswap_session=;/)
  expect(out.headers['clear-site-data']).toBe('"cache"')
  await secure.close()
})
