// Everything that must stay secret goes through the service at its most talkative, and none of it is in what it said.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Writable } from 'node:stream'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { generateKeySecret, hashKeySecret, sameHash } from '../../src/access/key-secret.ts'
import { deliverDue } from '../running/deliver-due.ts'
import { form, picture, runTestService, type TestService } from '../running/test-service.ts'

const compared = vi.hoisted(() => ({ times: 0 }))
vi.mock('node:crypto', async (original) => {
  const crypto = await original<typeof import('node:crypto')>()
  return {
    ...crypto,
    timingSafeEqual: (...both: Parameters<typeof crypto.timingSafeEqual>) => {
      compared.times++
      return crypto.timingSafeEqual(...both)
    },
  }
})

const lines: string[] = []
const sink = new Writable({
  write: (chunk, _encoding, done) => {
    lines.push(String(chunk))
    done()
  },
})
const broken = createServer((_request, reply) => void reply.writeHead(500).end('zz-answer-of-the-receiver'))

let running: TestService
beforeAll(async () => {
  await new Promise<void>((done) => broken.listen(0, '127.0.0.1', done))
  running = await runTestService({
    log: sink,
    listen: true,
    config: {
      fetch: { allowPrivate: ['127.0.0.1'] },
      webhooks: { secret: 'zz-webhook-secret-of-the-service' },
      access: { addressKey: 'zz-address-key', oidcIssuer: `http://127.0.0.1:9/zz-issuer` },
      s3: { accessKeyId: 'zz-s3-id', secretAccessKey: 'zz-s3-secret' },
    },
  })
})
afterAll(async () => {
  await running.close()
  broken.closeAllConnections()
  broken.close()
})

test('no key, token, cookie, secret, address or name that was sent is logged, by no way in and by no failure', async () => {
  const { app, service } = running
  const hook = `http://127.0.0.1:${(broken.address() as AddressInfo).port}/zz-hook-path?token=zz-hook-token`
  const admin = await running.key('admin')
  const secret = admin.authorization.slice(7)
  const file = await picture()
  const ask = (
    method: 'GET' | 'POST' | 'DELETE',
    url: string,
    headers: object = {},
    payload?: object | string,
  ) => app.inject({ method, url, headers: { ...headers }, ...(payload !== undefined && { payload }) })

  // Ways to say who one is, right and wrong.
  const jwt = `${Buffer.from('{"alg":"RS256"}').toString('base64url')}.zz-claims.zz-signature`
  for (const headers of [
    admin,
    { 'x-api-key': secret },
    { authorization: 'Bearer usk_zz-unknown-key' },
    { authorization: `Basic ${Buffer.from('zz-user:zz-password').toString('base64')}` },
    { authorization: `Bearer ${jwt}` },
    { 'x-api-key': 'usk_zz-in-a-header' },
    { cookie: 'unswap_session=usk_zz-in-a-cookie; other=zz-other-cookie' },
    { authorization: 'Bearer zz two words' },
  ]) {
    await ask('GET', '/api/v1/analyses?key=zz-in-a-query&text=zz-search', headers)
    await ask('POST', '/api/v1/analyses', headers, '{"broken')
  }
  await ask('POST', '/api/v1/session', {}, { token: secret })
  await ask('POST', '/api/v1/session', {}, { token: 'usk_zz-wrong-sign-in' })
  await ask('GET', '/zz-path-of-nothing/usk_zz-in-a-path')
  await ask('GET', `/api/v1/analyses/zz-no-id`, admin)

  // Media by every way, with webhooks that fail, and addresses with credentials.
  const made = await app.inject({
    method: 'POST',
    url: '/api/v1/analyses?wait=20',
    headers: admin,
    payload: form(
      { file, name: 'zz-name', tags: 'zz-tag', webhook: hook, webhookSecret: 'zz-own-secret-of-a-hook' },
      'zz-file-name.png',
    ),
  })
  expect(made.json().state).toBe('completed')
  for (const url of [
    'https://zz-user:zz-password@example.com/zz.png',
    'http://127.0.0.1:9/zz-media-path.png?signature=zz-signed',
    'http://zz-host-name.invalid/a.png',
    hook,
  ]) {
    await ask('POST', '/api/v1/analyses', admin, { url, name: 'zz-name' })
    await ask('POST', '/predict', admin, { image_url: url })
    await ask('POST', '/api/v1/analyses', admin, { base64: file.toString('base64'), webhook: { url } })
  }
  await app.inject({
    method: 'POST',
    url: '/api/v1/analyses?wait=20',
    headers: { 'x-api-key': secret, 'idempotency-key': 'zz-idempotency-key', cookie: 'a=zz-cookie' },
    payload: form({ file: Buffer.from('zz-not-a-picture') }, 'zz-file-name.png'),
  })
  await app.inject({
    method: 'POST',
    url: '/api/v1/analyses?wait=30',
    headers: admin,
    payload: form({ file: await picture() }, 'zz-crash.png'),
  })
  await ask('POST', `/api/v1/analyses/${made.json().id}/feedback`, admin, {
    right: false,
    comment: 'zz-comment',
  })
  const bot = await ask('POST', '/api/v1/keys', admin, { name: 'zz-key-name', scopes: ['read'] })
  await ask('DELETE', `/api/v1/keys/${bot.json().key.id}`, admin)
  await deliverDue(service)
  await fetch(`${running.url}/livez`, { headers: { authorization: 'Bearer usk_zz-over-a-socket' } })

  // Faults that bring messages of libraries along.
  const real = service.blobs.take
  service.blobs.take = async () => {
    throw Object.assign(new Error('no room'), { config: { password: 'zz-in-an-error' }, path: '/zz-path' })
  }
  const failed = await app.inject({
    method: 'POST',
    url: '/api/v1/analyses',
    headers: admin,
    payload: form({ file: await picture() }, 'zz-file-name.png'),
  })
  service.blobs.take = real
  expect(failed.statusCode).toBe(500)
  expect(failed.body).not.toMatch(/no room|zz-/)
  await running.idle()

  const log = lines.join('')
  expect(log).toContain('webhook not delivered')
  expect(log).toContain('no room')
  expect(log.match(/zz-[a-z-]*/g) ?? []).toEqual([])
  for (const one of [
    secret,
    bot.json().secret,
    secret.slice(4, 30),
    jwt,
    file.toString('base64').slice(0, 40),
  ]) {
    expect(log).not.toContain(one)
  }
  expect(log).not.toContain(hashKeySecret(secret))
  expect(log).not.toContain('127.0.0.1:9')
})

test('a key’s hash is compared in constant time, also where the database found it', async () => {
  const { authorization } = await running.key('read')
  const before = compared.times
  const answer = await running.app.inject({ url: '/api/v1/analyses', headers: { authorization } })
  expect(answer.statusCode).toBe(200)
  expect(compared.times).toBe(before + 1)
  const [one, other] = [hashKeySecret(generateKeySecret()), hashKeySecret(generateKeySecret())]
  expect([sameHash(one, one), sameHash(one, other), sameHash(one, one.slice(1)), sameHash(one, '')]).toEqual([
    true,
    false,
    false,
    false,
  ])
})

test('who tries keys learns nothing from the answers', async () => {
  const bodies = new Set<string>()
  for (const key of ['usk_', 'usk_a', generateKeySecret(), `usk_${'x'.repeat(4000)}`]) {
    const answer = await running.app.inject({
      url: '/api/v1/analyses',
      headers: { authorization: `Bearer ${key}`, 'x-request-id': 'the-same-one' },
    })
    bodies.add(answer.body)
  }
  expect(bodies.size).toBe(1)
})
