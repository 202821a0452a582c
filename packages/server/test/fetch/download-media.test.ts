import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo, LookupFunction } from 'node:net'
import { UnswapError } from '@unswap/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { downloadMedia } from '../../src/fetch/download-media.ts'
import { createGuardedAgent } from '../../src/fetch/guarded-agent.ts'

let hits = 0
const routes: Record<string, RequestListener> = {
  '/ok.png': (_, reply) => reply.setHeader('content-type', 'image/png').end('pixels'),
  '/page': (_, reply) => reply.setHeader('content-type', 'text/html').end('<p>'),
  '/missing': (_, reply) => reply.writeHead(404).end(),
  '/broken': (_, reply) => reply.writeHead(503).end(),
  '/loop': (_, reply) => reply.writeHead(302, { location: '/loop' }).end(),
  '/once': (_, reply) => reply.writeHead(302, { location: '/ok.png' }).end(),
  '/inward': (_, reply) =>
    reply.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end(),
  '/file': (_, reply) => reply.writeHead(302, { location: 'file:///etc/passwd' }).end(),
  '/credentials': (_, reply) => reply.writeHead(302, { location: 'http://a:b@example.com/' }).end(),
  '/announced': (_, reply) => reply.writeHead(200, { 'content-length': '999999' }).end('x'),
  '/endless': (_, reply) => {
    const timer = setInterval(() => reply.write(Buffer.alloc(64)), 1)
    reply.on('close', () => clearInterval(timer))
  },
  '/silent': (_, reply) => void reply.write('x'),
  '/zipped': (_, reply) => reply.setHeader('content-encoding', 'gzip').end('x'),
}
const server = createServer((request, reply) => {
  hits++
  routes[request.url ?? '']?.(request, reply)
})
let base = ''
beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const options = { bytes: 1000, seconds: 2, redirects: 5 }
const inside = createGuardedAgent({ allowPrivate: ['127.0.0.1'] })

async function read(address: string, agent = inside, more: Partial<typeof options> = {}): Promise<string> {
  const media = await downloadMedia(address, { ...options, ...more, agent })
  const chunks: Uint8Array[] = []
  for await (const chunk of media.body) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'none',
    (error) => (error instanceof UnswapError ? error.code : `not ours: ${error}`),
  )

test('media is read, also behind a redirect, and named by its address', async () => {
  expect(await read(`${base}/ok.png`)).toBe('pixels')
  expect(await read(`${base}/once`)).toBe('pixels')
  expect((await downloadMedia(`${base}/ok.png`, { ...options, agent: inside })).name).toBe('ok.png')
})

test.each([
  ['/page', 'url_failed'],
  ['/missing', 'url_failed'],
  ['/broken', 'url_failed'],
  ['/loop', 'url_failed'],
  ['/zipped', 'url_failed'],
  ['/inward', 'url_blocked'],
  ['/file', 'url_blocked'],
  ['/credentials', 'url_blocked'],
  ['/announced', 'limit_bytes'],
  ['/endless', 'limit_bytes'],
  ['/silent', 'url_failed'],
])('%s is refused as %s', async (path, expected) => {
  expect(await code(read(base + path, inside, { seconds: 1 }))).toBe(expected)
})

const port = () => base.split(':')[2]
test.each([
  '127.0.0.1',
  '0177.0.0.1',
  '0x7f.0.0.1',
  '0x7f000001',
  '2130706433',
  '017700000001',
  '127.1',
  '127.0.1',
  '0',
  '0.0.0.0',
  'localhost',
  'LOCALHOST',
  '[::1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[0:0:0:0:0:0:0:1]',
  '[64:ff9b::7f00:1]',
  '[2002:7f00:1::]',
  '①②⑦.⓪.⓪.①',
  '127。0。0。1',
  '%31%32%37.0.0.1',
  '169.254.169.254',
  '10.0.0.1',
  '[fd00:ec2::254]',
])('the service itself is not reached as %s', async (host) => {
  const before = hits
  expect(await code(read(`http://${host}:${port()}/ok.png`, createGuardedAgent(), { seconds: 3 }))).toBe(
    'url_blocked',
  )
  expect(hits).toBe(before)
})

test.each([
  'ftp://example.com/a',
  'file:///etc/passwd',
  'gopher://a',
  'javascript:1',
  'http://',
  '',
  'http://u@a.b/',
  '//x',
])('%j is no address to fetch', async (address) => expect(await code(read(address))).toBe('url_blocked'))

const answering = (...answers: string[][]): LookupFunction => {
  let turn = 0
  return (_host, _how, done) => {
    const found = answers[Math.min(turn++, answers.length - 1)]!
    ;(done as (error: null, all: { address: string; family: number }[]) => void)(
      null,
      found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )
  }
}

test('one private address among public ones is enough to refuse a name', async () => {
  const agent = createGuardedAgent({ lookup: answering(['93.184.216.34', '127.0.0.1']) })
  expect(await code(read(`http://mixed.test:${port()}/ok.png`, agent))).toBe('url_blocked')
})

test('a name that changes its answer is caught at each connection', async () => {
  const before = hits
  const agent = createGuardedAgent({ lookup: answering(['127.0.0.1'], ['127.0.0.1']), allowPrivate: [] })
  expect(await code(read(`http://rebind.test:${port()}/ok.png`, agent))).toBe('url_blocked')
  const second = createGuardedAgent({
    lookup: answering(['127.0.0.1'], ['10.0.0.1']),
    allowPrivate: ['127.0.0.1'],
  })
  expect(await read(`http://rebind.test:${port()}/ok.png`, second)).toBe('pixels')
  expect(await code(read(`http://rebind2.test:${port()}/ok.png`, second))).toBe('url_blocked')
  expect(hits).toBe(before + 1)
})

test('a caller who goes away stops the fetch', async () => {
  const media = await downloadMedia(`${base}/silent`, {
    ...options,
    agent: inside,
    signal: AbortSignal.timeout(100),
  })
  const reading = (async () => {
    for await (const _ of media.body);
  })()
  expect(await code(reading)).toBe('url_failed')
})
