import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createApiKey } from '../../src/access/api-keys.ts'
import { form, picture, runTestService, type TestService } from '../running/test-service.ts'

let running: TestService
let closed: TestService
let issuer: Server
let address = ''
const { privateKey, publicKey } = await generateKeyPair('RS256')

beforeAll(async () => {
  const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'RS256' }
  issuer = createServer((request, reply) => {
    const found = request.url?.endsWith('openid-configuration')
      ? { issuer: address, jwks_uri: `${address}/keys` }
      : { keys: [jwk] }
    reply.setHeader('content-type', 'application/json').end(JSON.stringify(found))
  })
  await new Promise<void>((done) => issuer.listen(0, '127.0.0.1', done))
  address = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`
  running = await runTestService({ work: false })
  closed = await runTestService({
    work: false,
    config: {
      access: {
        anonymous: 'never',
        oidcIssuer: address,
        oidcAudience: 'us',
      },
      http: { corsOrigins: ['https://friend.example'] },
      observe: { metrics: 'admin' },
    },
  })
})
afterAll(async () => {
  await Promise.all([running.close(), closed.close()])
  issuer.close()
})

const list = '/api/v1/analyses'
const status = async (to: TestService, options: object) =>
  (await to.app.inject({ url: list, remoteAddress: '127.0.0.1', ...options })).statusCode

test('callers on this machine need no key; others, and pages of other sites, do', async () => {
  expect(await status(running, {})).toBe(200)
  expect(await status(running, { remoteAddress: '::1' })).toBe(200)
  expect(await status(running, { remoteAddress: '10.0.0.5' })).toBe(401)
  expect(await status(running, { remoteAddress: '203.0.113.9' })).toBe(401)
  // behind a proxy that nobody configured
  expect(await status(running, { headers: { 'x-forwarded-for': '203.0.113.9' } })).toBe(401)
  expect(await status(running, { headers: { forwarded: 'for=203.0.113.9' } })).toBe(401)
  // a name that was made to lead here
  expect(await status(running, { headers: { host: 'evil.example' } })).toBe(401)
  // a page of another site
  expect(await status(running, { headers: { origin: 'https://evil.example' } })).toBe(401)
  expect(
    await status(running, { headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' } }),
  ).toBe(401)
  expect(await status(running, { headers: { origin: 'http://localhost:80', host: 'localhost:80' } })).toBe(
    200,
  )
})

test('a forwarded address counts only from a trusted proxy', async () => {
  const trusting = await runTestService({ work: false, config: { http: { trustedProxies: ['10.0.0.0/8'] } } })
  const from = (remoteAddress: string) =>
    status(trusting, { remoteAddress, headers: { 'x-forwarded-for': '127.0.0.1' } })
  expect([await from('10.1.1.1'), await from('192.0.2.1')]).toEqual([200, 401])
  await trusting.close()
})

test('a key may do what its scopes say', async () => {
  const may = async (headers: Record<string, string>) => [
    await status(closed, { headers }),
    (
      await closed.app.inject({
        method: 'POST',
        url: list,
        headers: { ...headers, 'content-type': 'text/plain' },
        payload: 'x',
      })
    ).statusCode,
    (await closed.app.inject({ url: '/api/v1/keys', headers })).statusCode,
    (await closed.app.inject({ url: '/metrics', headers })).statusCode,
  ]
  expect(await may({})).toEqual([401, 401, 401, 401])
  expect(await may(await closed.key('read'))).toEqual([200, 403, 403, 403])
  expect(await may(await closed.key('analyze'))).toEqual([403, 415, 403, 403])
  expect(await may(await closed.key('admin'))).toEqual([200, 415, 200, 200])
  const { authorization } = await closed.key('read')
  expect(await status(closed, { headers: { 'x-api-key': authorization.slice(7) } })).toBe(200)
})

test('unknown, malformed, expired and revoked keys are refused, also on this machine', async () => {
  const admin = await running.key('admin')
  const { secret, key } = await createApiKey(running.service.db, {
    name: 'short',
    scopes: ['read'],
    expiresInDays: 1e-9,
  })
  const wrong = ['usk_x', 'nothing', secret, `${admin.authorization.slice(7)}x`]
  for (const one of wrong) {
    const answer = await running.app.inject({ url: list, headers: { authorization: `Bearer ${one}` } })
    expect([answer.statusCode, answer.json().code]).toEqual([401, 'unauthorized'])
    expect(answer.headers['www-authenticate']).toMatch('Bearer')
    expect(answer.body).not.toContain(one)
  }
  expect(await status(running, { headers: { authorization: 'Basic eDp5' } })).toBe(401)
  const made = await running.app.inject({
    method: 'POST',
    url: '/api/v1/keys',
    headers: admin,
    payload: { name: 'bot', scopes: ['read'] },
  })
  expect(made.statusCode).toBe(201)
  const bot = { authorization: `Bearer ${made.json().secret}` }
  expect(await status(running, { headers: bot })).toBe(200)
  const listed = (await running.app.inject({ url: '/api/v1/keys', headers: admin })).body
  expect(listed).not.toContain(made.json().secret)
  expect(
    JSON.parse(listed).items.find((one: { name: string }) => one.name === 'bot').lastUsedAt,
  ).not.toBeNull()
  const ended = await running.app.inject({
    method: 'DELETE',
    url: `/api/v1/keys/${made.json().key.id}`,
    headers: admin,
  })
  expect(ended.json().revokedAt).not.toBeNull()
  expect(await status(running, { headers: bot })).toBe(401)
  expect(
    (await running.app.inject({ method: 'DELETE', url: `/api/v1/keys/${key.id}x`, headers: admin }))
      .statusCode,
  ).toBe(404)
})

test('a secret is not in the database', async () => {
  const { authorization } = await running.key('read')
  const rows = await running.service.db.selectFrom('api_keys').selectAll().execute()
  expect(JSON.stringify(rows)).not.toContain(authorization.slice(7 + 10))
})

test('what one key has sent, another does not see, and an admin does', async () => {
  const [mine, yours, admin] = [
    await running.key('analyze', 'read', 'feedback'),
    await running.key('analyze', 'read', 'feedback'),
    await running.key('admin'),
  ]
  const sent = await running.app.inject({
    method: 'POST',
    url: list,
    headers: mine,
    payload: form({ file: await picture() }),
  })
  const { self } = sent.json().links
  const see = (headers: object) => status(running, { url: self, headers })
  expect([await see(mine), await see(yours), await see({}), await see(admin)]).toEqual([200, 404, 404, 200])
  for (const [method, path] of [
    ['DELETE', ''],
    ['POST', '/cancel'],
    ['GET', '/media'],
    ['GET', '/events'],
  ] as const) {
    expect(await status(running, { method, url: self + path, headers: yours })).toBe(404)
  }
  const seen = await running.app.inject({ url: list, headers: yours })
  expect(seen.json().items).toEqual([])
})

test('tokens of the issuer are checked for signature, issuer, audience and time', async () => {
  const token = (
    claims: object,
    { issuer: by = address, audience = 'us', key = privateKey, time = '1h' } = {},
  ) =>
    new SignJWT({ ...claims })
      .setProtectedHeader({ alg: 'RS256', kid: 'one' })
      .setSubject('ann')
      .setIssuer(by)
      .setAudience(audience)
      .setExpirationTime(time)
      .sign(key)
  const read = async (jwt: string) => status(closed, { headers: { authorization: `Bearer ${jwt}` } })
  expect(await read(await token({}))).toBe(200)
  expect(await read(await token({ roles: ['analyze'] }))).toBe(403)
  const admin = { authorization: `Bearer ${await token({ roles: ['unswap:admin'] })}` }
  expect(await status(closed, { url: '/api/v1/audit', headers: admin })).toBe(200)
  const session = await closed.app.inject({ url: '/api/v1/session', headers: admin })
  expect(session.json()).toMatchObject({ kind: 'user', name: 'ann', oidc: { issuer: address } })
  const other = await generateKeyPair('RS256')
  expect(await read(await token({}, { issuer: 'https://evil.example' }))).toBe(401)
  expect(await read(await token({}, { audience: 'them' }))).toBe(401)
  expect(await read(await token({}, { key: other.privateKey }))).toBe(401)
  expect(await read(await token({}, { time: '-1h' }))).toBe(401)
  const [head, body] = (await token({})).split('.')
  expect(await read(`${head}.${body}.`)).toBe(401)
  const none = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url')
  expect(await read(`${none}.${body}.`)).toBe(401)
})

test('browsers sign in by a cookie that scripts cannot read, and other sites cannot use', async () => {
  const { authorization } = await closed.key('read')
  const signIn = await closed.app.inject({
    method: 'POST',
    url: '/api/v1/session',
    payload: { token: authorization.slice(7) },
  })
  const cookie = String(signIn.headers['set-cookie'])
  expect(signIn.statusCode).toBe(200)
  expect(cookie).toMatch(/HttpOnly; SameSite=Strict/)
  const headers = { cookie: cookie.split(';')[0]! }
  expect(await status(closed, { headers })).toBe(200)
  expect(await status(closed, { headers: { ...headers, origin: 'https://evil.example' } })).toBe(401)
  expect(
    await status(closed, { headers: { cookie: 'unswap_session=usk_stale' }, url: '/api/v1/session' }),
  ).toBe(200)
  const out = await closed.app.inject({ method: 'DELETE', url: '/api/v1/session', headers })
  expect(String(out.headers['set-cookie'])).toMatch(/unswap_session=;.*Expires=Thu, 01 Jan 1970/)
})

test('other origins may call only when they are named', async () => {
  const ask = (origin: string) =>
    closed.app.inject({
      method: 'OPTIONS',
      url: list,
      headers: { origin, 'access-control-request-method': 'POST' },
    })
  expect((await ask('https://friend.example')).headers['access-control-allow-origin']).toBe(
    'https://friend.example',
  )
  expect((await ask('https://evil.example')).headers['access-control-allow-origin']).toBeUndefined()
  // The page may read what it needs of an answer, a refusal included.
  const refused = await closed.app.inject({
    method: 'POST',
    url: list,
    headers: { origin: 'https://friend.example' },
  })
  expect([refused.statusCode, refused.headers['access-control-allow-origin']]).toEqual([
    401,
    'https://friend.example',
  ])
  expect(refused.headers['access-control-expose-headers']).toMatch(
    /location.*retry-after.*ratelimit-remaining/,
  )
})

test('every answer carries the security headers and its request id', async () => {
  const { headers } = await running.app.inject({ url: '/livez', headers: { 'x-request-id': 'abcdefgh-1' } })
  expect(headers['content-security-policy']).toMatch(/default-src 'self'.*object-src 'none'/)
  expect(headers['x-content-type-options']).toBe('nosniff')
  expect(headers['x-request-id']).toBe('abcdefgh-1')
  expect(
    (await running.app.inject({ url: '/livez', headers: { 'x-request-id': 'a b' } })).headers['x-request-id'],
  ).toMatch(/^[0-9a-f-]{36}$/)
})

test('every change is in the audit log, without addresses', async () => {
  const admin = await running.key('admin')
  const sent = await running.app.inject({
    method: 'POST',
    url: list,
    payload: form({ file: await picture() }),
  })
  await running.app.inject({ method: 'DELETE', url: sent.json().links.self })
  const { items } = (await running.app.inject({ url: '/api/v1/audit', headers: admin })).json()
  const mine = items.filter((entry: { subject: string }) => entry.subject === sent.json().id)
  expect(mine.map((entry: { action: string; actor: string }) => [entry.action, entry.actor])).toEqual([
    ['analysis.delete', 'anonymous'],
    ['analysis.create', 'anonymous'],
  ])
  const filtered = `/api/v1/audit?action=analysis.delete&subject=${sent.json().id}&actor=anonymous`
  const found = (await running.app.inject({ url: filtered, headers: admin })).json()
  expect(found.items).toEqual([mine[0]])
  expect(mine[0].requestId).toMatch(/^[0-9a-f-]{36}$/)
  expect(JSON.stringify(items)).not.toContain('127.0.0.1')
})

test('where anyone may come without a key, nobody is shown what others sent', async () => {
  const open = await runTestService({ work: false, config: { access: { anonymous: 'anyone' } } })
  const payload = form({ file: await picture() })
  const sent = await open.app.inject({ method: 'POST', url: list, remoteAddress: '192.0.2.1', payload })
  const from = async (remoteAddress: string, url: string) =>
    (await open.app.inject({ url, remoteAddress })).statusCode
  // whoever was given the id may use it
  expect(await from('192.0.2.1', `${list}/${sent.json().id}`)).toBe(200)
  for (const url of [list, '/api/v1/feedback/export']) expect(await from('192.0.2.2', url)).toBe(401)
  await open.close()
})
