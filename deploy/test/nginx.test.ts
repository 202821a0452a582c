import { execFile } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { connect as connectHttp2 } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import {
  form,
  picture,
  runTestService,
  type TestService,
} from '../../packages/server/test/running/test-service.ts'
import { type Answer, type AskOptions, ask, formBytes, open, problemOf } from './running/ask.ts'
import { type RunningNginx, startNginx } from './running/nginx.ts'

const LIMIT = 400_000
const FILES = 3
const ADDRESS_KEY = 'key of the hash'
const HEADERS = [
  'strict-transport-security',
  'content-security-policy',
  'x-content-type-options',
  'referrer-policy',
  'x-frame-options',
  'x-request-id',
]

let web = ''
let running: TestService
let nginx: RunningNginx
beforeAll(async () => {
  web = await mkdtemp(join(tmpdir(), 'unswap-web-'))
  await mkdir(join(web, 'assets'))
  await writeFile(join(web, 'index.html'), '<!doctype html><title>Unswap</title>')
  await writeFile(join(web, 'assets/index-abc123.js'), 'console.log(1);'.repeat(500))
  running = await runTestService({
    listen: true,
    config: {
      webDir: web,
      http: { trustedProxies: ['127.0.0.1'], publicUrl: 'https://localhost' },
      limits: { bytes: LIMIT, batchFiles: FILES },
      access: { addressKey: ADDRESS_KEY },
    },
  })
  nginx = await startNginx([running.url], {
    UNSWAP_LIMITS_BYTES: `${LIMIT}`,
    UNSWAP_LIMITS_BATCH_FILES: `${FILES}`,
  })
})
afterAll(async () => {
  await nginx?.stop()
  await running?.close()
  await rm(web, { recursive: true, force: true })
})

const get = (path: string, options: Partial<AskOptions> = {}): Promise<Answer> =>
  ask(nginx.url + path, { ca: nginx.certificate, ...options })

const send = async (path: string, data: FormData, options: Partial<AskOptions> = {}): Promise<Answer> => {
  const { body, headers } = await formBytes(data)
  return get(path, { method: 'POST', body, ...options, headers: { ...headers, ...options.headers } })
}

const named = (id: string) => ({ headers: { 'x-request-id': id } })

/** nginx's log line of a request, which is written after the answer. */
const logged = (id: string) =>
  vi.waitUntil(async () => (await nginx.log()).find(({ requestId }) => requestId === id), { timeout: 5000 })

test('nginx accepts the configuration without a warning', () => {
  expect(nginx.tested).toContain('test is successful')
  expect(nginx.tested).not.toMatch(/warn|emerg/)
})

test('HTTPS only: TLS 1.2 and 1.3, HTTP/2; HTTP is redirected, except challenges of certificate authorities', async () => {
  const spoken = async (version: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3') => {
    const socket = connectTls({
      port: nginx.port,
      host: '127.0.0.1',
      servername: 'localhost',
      ca: nginx.certificate,
      minVersion: version,
      maxVersion: version,
      ALPNProtocols: ['h2'],
      // OpenSSL itself refuses old versions, unless told not to.
      ciphers: 'DEFAULT@SECLEVEL=0',
    })
    try {
      await once(socket, 'secureConnect')
      return `${socket.getProtocol()} ${socket.alpnProtocol}`
    } catch {
      return 'refused'
    } finally {
      socket.destroy()
    }
  }
  expect([await spoken('TLSv1.1'), await spoken('TLSv1.2'), await spoken('TLSv1.3')]).toEqual([
    'refused',
    'TLSv1.2 h2',
    'TLSv1.3 h2',
  ])

  const client = connectHttp2(nginx.url, { ca: nginx.certificate })
  const stream = client.request({ ':path': '/livez' })
  const [head] = (await once(stream, 'response')) as [Record<string, unknown>]
  expect(head[':status']).toBe(200)
  expect(JSON.parse(Buffer.concat(await stream.toArray()).toString())).toEqual({ alive: true })
  client.close()

  const moved = await fetch(`${nginx.httpUrl}/api/v1/models?x=1`, { redirect: 'manual' })
  expect([moved.status, moved.headers.get('location')]).toEqual([308, `${nginx.url}/api/v1/models?x=1`])
  const challenge = await fetch(`${nginx.httpUrl}/.well-known/acme-challenge/token`)
  expect(await challenge.text()).toBe('proof')
})

test('every security header is present once, in answers of nginx and of the service', async () => {
  const large = await send('/api/v1/analyses', form({ file: Buffer.alloc(LIMIT + 200_000) }))
  expect(large.status).toBe(413)
  for (const answer of [
    await get('/', { headers: { accept: 'text/html' } }),
    await get('/assets/index-abc123.js'),
    await get('/api/v1/models'),
    await get('/api/v1/analyses/none'),
    await get('/docs/'),
    await get('/metrics'),
    large,
  ]) {
    for (const name of HEADERS) expect([name, answer.headers[name]?.length]).toEqual([name, 1])
    expect(answer.headers.server).toEqual(['nginx'])
  }
})

test('an upload arrives whole; one over the limit is refused by the service, and far over it by nginx', async () => {
  const done = await send('/api/v1/analyses?wait=30', form({ file: await picture(80, 60) }))
  expect([done.status, JSON.parse(done.text)]).toEqual([200, expect.objectContaining({ state: 'completed' })])

  // nginx allows for the form's other fields, so the service itself refuses this file.
  const noise = Buffer.alloc(LIMIT + 30_000, await picture())
  const over = await send('/api/v1/analyses', form({ file: noise }), named('over-limit'))
  expect([over.status, problemOf(over).code]).toEqual([413, 'limit_bytes'])
  const far = await send('/api/v1/analyses', form({ file: Buffer.alloc(LIMIT * 2) }), named('far-over-limit'))
  expect([far.status, problemOf(far).code]).toEqual([413, 'limit_bytes'])
  expect(await logged('over-limit')).toMatchObject({ status: 413, upstreamStatus: '413' })
  expect(await logged('far-over-limit')).toMatchObject({ status: 413, upstreamStatus: '' })

  // The limit is for each file of a batch, not for their sum.
  const half = Buffer.concat([await picture(), Buffer.alloc(Math.floor(LIMIT * 0.7))])
  const batch = await send('/api/v1/batches', form({ file: [half, half, half] }))
  expect([batch.status, JSON.parse(batch.text)]).toEqual([202, expect.objectContaining({ refused: [] })])
  const files = Array.from({ length: FILES + 1 }, () => Buffer.alloc(LIMIT))
  expect((await send('/api/v1/batches', form({ file: files }))).status).toBe(413)
})

test('events come one by one while the analysis goes on', async () => {
  const sent = await send('/api/v1/analyses', form({ file: await picture() }, 'slow.png'))
  const { links } = JSON.parse(sent.text) as { links: { events: string } }
  const stream = await open(nginx.url + links.events, { ca: nginx.certificate })
  const seen: { type: string; state: string }[] = []
  let text = ''
  for await (const chunk of stream) {
    text += chunk
    const types = [...text.matchAll(/^event: (\w+)$/gm)].map((match) => match[1]!)
    // This request is answered while the stream is open. If nginx buffered events, the stream would be over.
    if (types.length > seen.length) {
      const now = JSON.parse((await get(links.events.replace(/\/events$/, ''))).text) as { state: string }
      seen.push({ type: types.at(-1)!, state: now.state })
    }
  }
  expect(seen).toContainEqual({ type: 'progress', state: 'running' })
  expect(seen.at(-1)).toEqual({ type: 'completed', state: 'completed' })
})

test('the service sees the caller’s address, and a caller cannot forge it', async () => {
  const hash = (address: string) =>
    createHmac('sha256', ADDRESS_KEY).update(address).digest('hex').slice(0, 16)
  const headers = { 'x-forwarded-for': '203.0.113.9', forwarded: 'for=203.0.113.9' }
  const id = 'request-from-elsewhere'
  await send('/api/v1/analyses', form({ file: await picture() }), {
    from: '127.0.0.7',
    headers: { ...headers, 'x-request-id': id },
  })
  const audit = await get('/api/v1/audit', { headers: await running.key('admin') })
  const { items } = JSON.parse(audit.text) as { items: { requestId: string; address: string }[] }
  expect(items.find(({ requestId }) => requestId === id)?.address).toBe(hash('127.0.0.7'))
})

test('a valid request id is kept, a bad one is replaced, and the log has no address or name', async () => {
  const kept = await get('/api/v1/models', { headers: { 'x-request-id': 'abcdefgh-1' } })
  expect(kept.headers['x-request-id']).toEqual(['abcdefgh-1'])
  const replaced = await get('/metrics?secret-name', { headers: { 'x-request-id': 'bad id' } })
  const [id] = replaced.headers['x-request-id']!
  expect(id).toMatch(/^[0-9a-f]{32}$/)
  expect(problemOf(replaced).requestId).toBe(id)
  await logged('abcdefgh-1')
  await logged(id!)
  expect(JSON.stringify(await nginx.log())).not.toMatch(/127\.0\.0|secret-name/)
})

test('nginx caches hashed files for ever; text is compressed, except answers with secrets', async () => {
  const headers = { 'accept-encoding': 'gzip' }
  const first = await get('/assets/index-abc123.js', { headers })
  expect(first.headers['cache-control']).toEqual(['public, max-age=31536000, immutable'])
  expect(first.headers['content-encoding']).toEqual(['gzip'])
  expect(gunzipSync(first.bytes).toString()).toMatch(/^console\.log/)
  await rm(join(web, 'assets/index-abc123.js'))
  const again = await get('/assets/index-abc123.js', { headers })
  expect([again.status, again.bytes.length]).toEqual([200, first.bytes.length])
  expect(again.headers['x-request-id']).not.toEqual(first.headers['x-request-id'])
  const page = await get('/', { headers: { accept: 'text/html' } })
  expect(page.headers['cache-control']).toEqual(['no-cache'])
  expect((await get('/docs/json', { headers })).headers['content-encoding']).toEqual(['gzip'])
  const admin = await running.key('admin')
  for (let keys = 0; keys < 8; keys++) await running.key('read')
  const secret = await get('/api/v1/keys', { headers: { ...headers, ...admin } })
  expect([secret.status, secret.headers['content-encoding']]).toEqual([200, undefined])
  expect(secret.bytes.length).toBeGreaterThan(1024)
})

test('ambiguous requests are refused by nginx', async () => {
  const seen: string[] = []
  const echo = createServer((request, reply) => {
    seen.push(`${request.method} ${request.url} ${request.headers.host}`)
    reply.end('heard')
  }).listen(0, '127.0.0.1')
  await once(echo, 'listening')
  const own = await startNginx([`http://127.0.0.1:${(echo.address() as AddressInfo).port}`])
  const say = async (...lines: string[]) => {
    const options = { port: own.port, host: '127.0.0.1', servername: 'localhost', ca: own.certificate }
    const socket = connectTls(options)
    socket.write(lines.join('\r\n'))
    const text = Buffer.concat(await socket.toArray()).toString()
    return Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1])
  }
  try {
    seen.length = 0
    const close = ['connection: close', '', '']
    // ambiguous host
    expect(await say('GET / HTTP/1.1', 'host: localhost:8443', ...close)).toBe(200)
    expect(await say('GET http://first.example/ HTTP/1.1', 'host: second.example', ...close)).toBe(200)
    expect(await say('GET / HTTP/1.1', 'host: localhost/evil.example', ...close)).toBe(400)
    expect(await say('GET / HTTP/1.1', 'host: a.example', 'host: b.example', ...close)).toBe(400)
    expect(await say('GET / HTTP/1.1', ...close)).toBe(400)
    expect(seen).toEqual(['GET / localhost:8443', 'GET / first.example'])
    // ambiguous end of the body
    const post = ['POST /a HTTP/1.1', 'host: localhost']
    const hidden = ['0', '', 'GET /hidden HTTP/1.1', 'host: localhost', '', '']
    const length = 'content-length: 4'
    for (const framing of [
      [length, 'transfer-encoding: chunked'],
      ['transfer-encoding: chunked', length],
      [length, 'content-length: 5'],
      ['content-length: +4'],
      ['content-length: 4, 4'],
      ['transfer-encoding: chunked, identity'],
      ['transfer-encoding: xchunked'],
      ['transfer-encoding: chunked', 'transfer-encoding: chunked'],
      ['transfer-encoding : chunked'],
    ]) {
      expect([framing, await say(...post, ...framing, '', ...hidden)]).toEqual([
        framing,
        expect.toSatisfy((status: number) => status === 400 || status === 501),
      ])
    }
    expect(seen.filter((line) => line.includes('hidden'))).toEqual([])
  } finally {
    await own.stop()
    echo.close()
  }
})

test('metrics are not exposed', async () => {
  expect((await get('/metrics', { headers: await running.key('admin') })).status).toBe(404)
})

test('a reload loads a renewed certificate', async () => {
  const script = fileURLToPath(new URL('../nginx/certificate.sh', import.meta.url))
  const served = async () => {
    const socket = connectTls({ port: nginx.port, host: '127.0.0.1', rejectUnauthorized: false })
    await once(socket, 'secureConnect')
    const { serialNumber } = socket.getPeerCertificate()
    socket.destroy()
    return serialNumber
  }
  const before = await served()
  await rm(join(nginx.tlsDir, 'fullchain.pem'))
  await promisify(execFile)(script, [nginx.tlsDir, 'localhost'])
  await nginx.reload()
  await expect.poll(served, { timeout: 20_000 }).not.toBe(before)
})
