import type { InjectOptions } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { generateKeySecret } from '../../src/access/key-secret.ts'
import { form, picture, runTestService, type TestService } from '../running/test-service.ts'

const MOST = 4

let running: TestService
beforeAll(async () => {
  running = await runTestService({
    work: false,
    config: { access: { anonymous: 'never', failuresPerMinute: MOST }, compat: { perSecond: 0 } },
  })
})
afterAll(() => running.close())

type Ask = InjectOptions
const ask = (remoteAddress: string, more: Ask) =>
  running.app.inject({ url: '/api/v1/analyses', remoteAddress, ...more })
const wrong = () => ({ headers: { authorization: `Bearer ${generateKeySecret()}` } })
const signIn = (token: string): Ask => ({ method: 'POST', url: '/api/v1/session', payload: { token } })

let places = 0

/** Uses up what an address may get wrong. */
async function exhaust(address: string, way: () => Ask = wrong) {
  for (let at = 0; at < MOST; at++) expect((await ask(address, way())).statusCode).toBe(401)
}

test.each<[string, () => Ask]>([
  ['a bearer', wrong],
  ['a header', () => ({ headers: { 'x-api-key': generateKeySecret() } })],
  ['no key at all', () => ({ headers: { 'x-api-key': 'nothing' } })],
  ['a cookie', () => ({ headers: { cookie: `unswap_session=${generateKeySecret()}` } })],
  ['a sign-in', () => signIn(generateKeySecret())],
])(
  'wrong keys as %s are refused with 429 once they are many, wherever they are sent next',
  async (_, way) => {
    const address = `192.0.2.${++places}`
    await exhaust(address, way)
    const refused = await ask(address, way())
    expect([refused.statusCode, refused.json().code]).toEqual([429, 'rate_limited'])
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(60)
    const elsewhere = await ask(address, { ...wrong(), method: 'POST', url: '/predict', payload: {} })
    expect([elsewhere.statusCode, Object.keys(elsewhere.json())]).toEqual([429, ['detail']])
  },
)

test('a right key of the same address is let in, one made meanwhile and one to sign in with as well', async () => {
  await exhaust('198.51.100.1')
  expect((await ask('198.51.100.1', wrong())).statusCode).toBe(429)
  const headers = await running.key('read')
  expect((await ask('198.51.100.1', { headers })).statusCode).toBe(200)
  // A browser whose cookie is of a key that was revoked.
  const stale = { cookie: `unswap_session=${generateKeySecret()}` }
  const seen = await ask('198.51.100.1', { url: '/api/v1/session', headers: stale })
  expect([seen.statusCode, seen.json().kind]).toEqual([200, 'none'])
  const again = { ...signIn(headers.authorization.slice(7)), headers: stale }
  expect((await ask('198.51.100.1', again)).statusCode).toBe(200)
  expect((await ask('198.51.100.1', signIn(generateKeySecret()))).statusCode).toBe(429)
  // Who sends no key is told that one is needed, as ever.
  expect((await ask('198.51.100.1', {})).statusCode).toBe(401)
  expect((await ask('198.51.100.2', wrong())).statusCode).toBe(401)
})

test('a network of IPv6 is one sender, and IPv4 is the same however it is written', async () => {
  for (let at = 0; at < MOST; at++) await ask(`2001:db8:0:a::${at + 1}`, wrong())
  expect((await ask('2001:db8:0:a:ffff::1', wrong())).statusCode).toBe(429)
  expect((await ask('2001:db8:0:b::1', wrong())).statusCode).toBe(401)
  await exhaust('203.0.113.7')
  expect((await ask('::ffff:203.0.113.7', wrong())).statusCode).toBe(429)
  expect((await ask('::ffff:203.0.113.8', wrong())).statusCode).toBe(401)
})

test('rates and quotas of callers without a key count a network of IPv6 as one, too', async () => {
  const open = await runTestService({
    work: false,
    config: { access: { anonymous: 'anyone', analysesPerDay: 1, requestsPerMinute: 6 } },
  })
  const send = async (remoteAddress: string) => {
    const payload = form({ file: await picture() })
    return open.app.inject({ method: 'POST', url: '/api/v1/analyses', remoteAddress, payload })
  }
  expect((await send('2001:db8::1')).statusCode).toBe(202)
  expect((await send('2001:db8::2')).json().code).toBe('quota_exceeded')
  expect((await send('2001:db8:0:1::1')).statusCode).toBe(202)
  const ask = async (at: number) =>
    (await open.app.inject({ url: '/api/v1/limits', remoteAddress: `2001:db8:0:2::${at}` })).statusCode
  const statuses: number[] = []
  for (let at = 1; at <= 7; at++) statuses.push(await ask(at))
  expect(statuses).toEqual([200, 200, 200, 200, 200, 200, 429])
  await open.close()
})

test('there is no limit where none is wanted', async () => {
  const open = await runTestService({
    work: false,
    config: { access: { anonymous: 'never', failuresPerMinute: 0 } },
  })
  for (let at = 0; at < 70; at++) {
    expect((await open.app.inject({ url: '/api/v1/analyses', ...wrong() })).statusCode).toBe(401)
  }
  await open.close()
})
