// Tokens and issuers at their worst: every one is refused in words of the service, and none makes it work for nothing.
import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createTokenVerifier } from '../../src/access/verify-token.ts'
import { loadConfig } from '../../src/environment.ts'
import { runTestService, type TestService } from '../running/test-service.ts'

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 })
const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256', use: 'sig' }

let issuer: Server
let address = ''
let asked: string[] = []
let answerKeys: (reply: ServerResponse) => void
const good = (reply: ServerResponse) => void reply.end(JSON.stringify({ keys: [jwk] }))
let running: TestService

beforeAll(async () => {
  issuer = createServer((request, reply) => {
    asked.push(request.url!)
    reply.setHeader('content-type', 'application/json')
    if (request.url!.endsWith('openid-configuration')) {
      reply.end(JSON.stringify({ issuer: address, jwks_uri: `${address}/keys` }))
    } else answerKeys(reply)
  })
  await new Promise<void>((done) => issuer.listen(0, '127.0.0.1', done))
  address = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`
  answerKeys = good
  running = await runTestService({
    work: false,
    config: {
      access: { anonymous: 'never', failuresPerMinute: 0, oidcIssuer: address, oidcAudience: 'us' },
    },
  })
})
afterAll(async () => {
  await running.close()
  issuer.closeAllConnections()
  issuer.close()
})

const part = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
const soon = () => Math.floor(Date.now() / 1000) + 600
const claims = () => ({ iss: address, aud: 'us', sub: 'ann', exp: soon() })

/** A token as whoever holds the key would make it, whatever stands in it. */
function token(header: unknown, payload: unknown, key: KeyObject = privateKey): string {
  const text = `${part(header)}.${part(payload)}`
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`
}

const HEAD = { alg: 'RS256', kid: 'one' }
const read = async (jwt: string) =>
  running.app.inject({ url: '/api/v1/analyses', headers: { authorization: `Bearer ${jwt}` } })

test('a token that is as it should be is taken', async () => {
  expect((await read(token(HEAD, claims()))).statusCode).toBe(200)
})

const FOREIGN = stranger.publicKey.export({ format: 'jwk' })
const heads: [string, object][] = [
  ['another key in the token itself', { alg: 'RS256', kid: 'one', jwk: FOREIGN }],
  ['an address of keys', { alg: 'RS256', kid: 'one', jku: 'http://127.0.0.1:9/keys' }],
  ['an address of certificates', { alg: 'RS256', kid: 'one', x5u: 'http://127.0.0.1:9/x' }],
  ['certificates', { alg: 'RS256', kid: 'one', x5c: ['AAAA'] }],
  ['a path as its key', { alg: 'RS256', kid: '../../../../dev/null' }],
  ['SQL as its key', { alg: 'RS256', kid: "' UNION SELECT 'x' --" }],
  ['a NUL in its key', { alg: 'RS256', kid: 'one\0' }],
  ['a long key', { alg: 'RS256', kid: 'x'.repeat(5000) }],
  ['an object as its key', { alg: 'RS256', kid: { toString: 'one' } }],
  ['a number as its key', { alg: 'RS256', kid: 1e308 }],
  ['no key', { alg: 'RS256' }],
  ['the prototype as its algorithm', { alg: '__proto__', kid: 'one' }],
  ['an object as its algorithm', { alg: { a: 1 }, kid: 'one' }],
  ['what must be understood', { alg: 'RS256', kid: 'one', crit: ['exp'], exp: 1 }],
  ['an unencoded body', { alg: 'RS256', kid: 'one', b64: false, crit: ['b64'] }],
]
test.each(heads)('signed by a stranger, with %s, it is refused', async (_, head) => {
  const answer = await read(token(head, claims(), stranger.privateKey))
  expect([answer.statusCode, answer.json().code]).toEqual([401, 'unauthorized'])
})

test('no signature, and one that the public key made as a shared secret, are refused', async () => {
  for (const alg of ['none', 'None', 'NONE', '']) {
    expect((await read(`${part({ alg, kid: 'one' })}.${part(claims())}.`)).statusCode).toBe(401)
  }
  const secrets = [
    publicKey.export({ format: 'pem', type: 'spki' }),
    publicKey.export({ format: 'der', type: 'spki' }),
    JSON.stringify(jwk),
  ]
  for (const secret of secrets) {
    const text = `${part({ alg: 'HS256', kid: 'one' })}.${part(claims())}`
    const mac = createHmac('sha256', secret).update(text).digest('base64url')
    expect((await read(`${text}.${mac}`)).statusCode).toBe(401)
  }
})

const bodies: [string, () => unknown][] = [
  ['no end', () => ({ ...claims(), exp: undefined })],
  ['a text as its end', () => ({ ...claims(), exp: String(soon()) })],
  ['nothing as its end', () => ({ ...claims(), exp: null })],
  ['a list as its end', () => ({ ...claims(), exp: [soon()] })],
  ['an end that is too large for a number', () => `{"iss":"${address}","aud":"us","sub":"a","exp":"NaN"}`],
  ['an end long ago', () => ({ ...claims(), exp: -1e300 })],
  ['a beginning to come', () => ({ ...claims(), nbf: soon() })],
  ['a text as its beginning', () => ({ ...claims(), nbf: 'now' })],
  ['an issuer with a slash', () => ({ ...claims(), iss: `${address}/` })],
  ['an issuer in capitals', () => ({ ...claims(), iss: address.replace('http', 'HTTP') })],
  ['a list of issuers', () => ({ ...claims(), iss: [address] })],
  ['no audience', () => ({ ...claims(), aud: undefined })],
  ['an object as audience', () => ({ ...claims(), aud: { us: true, 0: 'us', length: 1 } })],
  ['a list in a list as audience', () => ({ ...claims(), aud: [['us']] })],
  ['an audience that begins alike', () => ({ ...claims(), aud: 'us ' })],
  ['no subject', () => ({ ...claims(), sub: undefined })],
  ['an empty subject', () => ({ ...claims(), sub: '' })],
  ['an object as subject', () => ({ ...claims(), sub: { id: 'ann' } })],
  ['a list as subject', () => ({ ...claims(), sub: ['ann'] })],
  ['a NUL in its subject', () => ({ ...claims(), sub: 'ann\0' })],
  ['half a character as subject', () => `${JSON.stringify(claims()).slice(0, -1)},"sub":"\\ud800"}`],
  ['an endless subject', () => ({ ...claims(), sub: 'x'.repeat(2000) })],
  ['a list as its claims', () => [claims()]],
  ['a text as its claims', () => '"claims"'],
  ['no JSON', () => '{'],
]
test.each(bodies)('signed by the issuer, with %s, it is refused', async (_, body) => {
  const answer = await read(token(HEAD, body()))
  expect([answer.statusCode, answer.json().code]).toEqual([401, 'unauthorized'])
})

test('what a person may choose at the issuer, a name or roles, breaks nothing', async () => {
  const session = async (more: object) => {
    const jwt = token(HEAD, { ...claims(), ...more })
    const headers = { authorization: `Bearer ${jwt}` }
    return (await running.app.inject({ url: '/api/v1/session', headers })).json()
  }
  expect((await session({ name: 'Ann\0\u202e\n'.padEnd(3000, 'x') })).name).toMatch(/^Annx{1,125}$/)
  expect(await session({ name: { first: 'Ann' } })).toMatchObject({ name: 'ann' })
  expect((await session({ name: '\ud800' })).name.isWellFormed()).toBe(true)
  for (const roles of [
    { admin: true },
    [['admin']],
    [{ toString: 'admin' }],
    7,
    null,
    'administrator',
    '__proto__',
  ]) {
    const { scopes } = await session({ roles })
    expect(scopes).toEqual(['analyze', 'read', 'feedback'])
  }
})

test('a token of a megabyte, and what is none, are refused before they are read', async () => {
  for (const jwt of [
    'x'.repeat(1_000_000),
    'a.b.c',
    '..',
    '.'.repeat(5000),
    `${part(HEAD)}.${part(claims())}`,
  ]) {
    expect((await read(jwt)).statusCode).toBe(401)
  }
  const signIn = await running.app.inject({
    method: 'POST',
    url: '/api/v1/session',
    payload: { token: 'x'.repeat(1_000_000) },
  })
  expect(signIn.statusCode).toBe(413)
})

test('keys that nobody knows do not make the service ask the issuer each time', async () => {
  await read(token(HEAD, claims()))
  asked = []
  const made = Array.from({ length: 50 }, (_, at) => token({ alg: 'RS256', kid: `made-up-${at}` }, claims()))
  for (const { statusCode } of await Promise.all(made.map(read))) expect(statusCode).toBe(401)
  for (const one of made) expect((await read(one)).statusCode).toBe(401)
  expect(asked).toEqual([])
})

describe('an issuer whose keys cannot be read', () => {
  beforeEach(() => {
    asked = []
  })
  const access = () => running.service.config.access
  test.each<[string, (reply: ServerResponse) => void]>([
    ['a page', (reply) => void reply.setHeader('content-type', 'text/html').end('<html>Sign in</html>')],
    ['an error', (reply) => void reply.writeHead(500).end('{}')],
    ['a way elsewhere', (reply) => void reply.writeHead(302, { location: `${address}/else` }).end()],
    ['no list', (reply) => void reply.end('{"keys":"all"}')],
    ['nothing', (reply) => void reply.end()],
    ['null', (reply) => void reply.end('null')],
    ['a list that holds no keys', (reply) => void reply.end('{"keys":[null,7]}')],
    ['a cut answer', (reply) => void reply.writeHead(200, { 'content-length': '9999' }).destroy()],
    [
      'more than keys ever are',
      (reply) => void reply.end(JSON.stringify({ keys: [jwk], more: 'x'.repeat(2 * 1024 ** 2) })),
    ],
  ])('%s: 503, and it is not asked again for each token', async (_, answer) => {
    answerKeys = answer
    const verify = createTokenVerifier(access())!
    for (let times = 0; times < 20; times++) {
      await expect(verify(token(HEAD, claims()))).rejects.toMatchObject({ code: 'overloaded' })
    }
    expect(asked.filter((path) => path === '/keys')).toHaveLength(1)
    expect(asked).toHaveLength(2)
    answerKeys = good
  })

  test('nobody at its address: 503, and nothing is tried for each token', async () => {
    let now = 1_000_000
    const verify = createTokenVerifier({ ...access(), oidcJwksUrl: `${address}/keys` }, () => now)!
    answerKeys = (reply) => void reply.writeHead(503).end()
    await expect(verify(token(HEAD, claims()))).rejects.toMatchObject({ code: 'overloaded' })
    answerKeys = good
    await expect(verify(token(HEAD, claims()))).rejects.toMatchObject({ code: 'overloaded' })
    now += 10_000
    expect(await verify(token(HEAD, claims()))).toMatchObject({ id: 'user:ann' })
  })
})

test('an issuer without an audience is no configuration: tokens for others would be taken', () => {
  const overrides = { access: { oidcIssuer: 'https://id.example', oidcAudience: '' } }
  expect(() => loadConfig({ environment: {}, overrides })).toThrow(/UNSWAP_ACCESS_OIDC_AUDIENCE/)
})
