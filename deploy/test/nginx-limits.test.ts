import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runTestService, type TestService } from '../../packages/server/test/running/test-service.ts'
import { ask, problemOf } from './running/ask.ts'
import { startNginx } from './running/nginx.ts'

let running: TestService
beforeAll(async () => {
  running = await runTestService({ listen: true, config: { http: { trustedProxies: ['127.0.0.1'] } } })
})
afterAll(() => running?.close())

test('one address cannot flood the service; without a service, nginx answers in its format', async () => {
  const own = await startNginx([running.url, 'http://127.0.0.1:9'], {
    UNSWAP_NGINX_REQUESTS_PER_MINUTE: '30',
  })
  try {
    const ask30 = (from: string) =>
      Promise.all(Array.from({ length: 40 }, () => ask(`${own.url}/livez`, { ca: own.certificate, from })))
    const answers = await ask30('127.0.0.1')
    const refused = answers.filter(({ status }) => status === 429)
    expect(refused.length).toBeGreaterThan(5)
    expect(answers.filter(({ status }) => status === 200).length).toBe(40 - refused.length)
    expect([problemOf(refused[0]!).code, refused[0]!.headers['retry-after']]).toEqual(['rate_limited', ['5']])
    const other = await ask(`${own.url}/livez`, { ca: own.certificate, from: '127.0.0.9' })
    expect(other.status).toBe(200)
  } finally {
    await own.stop()
  }
  const nobody = await startNginx(['http://127.0.0.1:9'])
  try {
    const answer = await ask(`${nobody.url}/api/v1/models`, { ca: nobody.certificate })
    expect([answer.status, problemOf(answer).code, answer.headers['retry-after']]).toEqual([
      503,
      'overloaded',
      ['5'],
    ])
  } finally {
    await nobody.stop()
  }
})

test('an IPv6 /64 counts as one caller, and its neighbour as another', async () => {
  const own = await startNginx([running.url], {
    UNSWAP_NGINX_REQUESTS_PER_MINUTE: '30',
    UNSWAP_NGINX_REAL_IP_FROM: '127.0.0.1',
  })
  const from = async (address: string) =>
    (await ask(`${own.url}/livez`, { ca: own.certificate, headers: { 'x-forwarded-for': address } })).status
  try {
    const network = await Promise.all(Array.from({ length: 40 }, (_, i) => from(`2001:db8:0:a::${i}`)))
    expect(network.filter((status) => status === 429).length).toBeGreaterThan(5)
    expect(await from('2001:db8:0:b::1')).toBe(200)
    // IPv4 addresses with equal first halves.
    const machines = await Promise.all(Array.from({ length: 40 }, (_, i) => from(`192.0.2.${i}`)))
    expect(new Set(machines)).toEqual(new Set([200]))
  } finally {
    await own.stop()
  }
})

test('a bare port listens on IPv4 and IPv6, an address only on itself', async () => {
  const render = async (listen: string) => {
    const script = fileURLToPath(new URL('../nginx/render.sh', import.meta.url))
    const env = { PATH: process.env.PATH, UNSWAP_NGINX_HTTP_LISTEN: listen }
    const { stdout } = await promisify(execFile)(script, [], { env })
    return /^ {4}(listen .*)$/m.exec(stdout)![1]
  }
  expect(await render('127.0.0.1:8080')).toBe('listen 127.0.0.1:8080;')
  const both = readFileSync('/proc/net/if_inet6', 'utf8') !== ''
  expect(await render('8080')).toBe(both ? 'listen 8080; listen [::]:8080;' : 'listen 8080;')
})
