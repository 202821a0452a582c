import { connect } from 'node:net'
import { Problem } from '@unswap/contract'
import Value from 'typebox/value'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { form, picture, runTestService, type TestService } from '../running/test-service.ts'

let running: TestService
beforeAll(async () => {
  running = await runTestService({
    listen: true,
    config: { http: { stallSeconds: 0.5, uploadSeconds: 2 }, limits: { bytes: 20_000, pixels: 1_000_000 } },
  })
})
afterAll(() => running.close())

/** The answer is a problem, says nothing of the inside, and left nothing behind. */
async function expectProblem(
  answer: { statusCode: number; body: string; headers: object },
  status: number,
  code: string,
) {
  const problem = JSON.parse(answer.body)
  expect([problem.status, problem.code]).toEqual([status, code])
  expect(answer.statusCode).toBe(status)
  expect([...Value.Errors(Problem, problem)]).toEqual([])
  expect(answer.headers).toMatchObject({
    'content-type': expect.stringContaining('application/problem+json'),
  })
  expect(answer.body).not.toMatch(/node_modules|\.ts:|\/tmp|at \w+ \(|sqlite|select /i)
  await running.idle()
  await expect.poll(() => running.stored()).toEqual([])
}

const post = (payload: Buffer | string | FormData | object, type?: string, url = '/api/v1/analyses') =>
  running.app.inject({
    method: 'POST',
    url,
    payload: payload as Buffer,
    headers: type ? { 'content-type': type } : {},
  })

const MULTIPART = 'multipart/form-data; boundary=x'
const deep = (depth: number, open: string, close: string) => open.repeat(depth) + close.repeat(depth)

test.each<[string, string | object, string, number, string]>([
  ['no body', '', 'application/json', 400, 'body_malformed'],
  ['no JSON', '{"url":', 'application/json', 400, 'body_malformed'],
  ['an array', '[]', 'application/json', 400, 'body_invalid'],
  ['a bomb of arrays', deep(20_000, '[', ']'), 'application/json', 400, 'body_invalid'],
  [
    'a bomb of objects',
    `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`,
    'application/json',
    400,
    'body_invalid',
  ],
  ['a prototype', '{"__proto__":{"url":"x"}}', 'application/json', 400, 'body_malformed'],
  ['neither url nor base64', {}, 'application/json', 400, 'bad_option'],
  ['both', { url: 'http://a.example', base64: 'aaaa' }, 'application/json', 400, 'bad_option'],
  ['an unknown option', { base64: 'aaaa', frame: 3 }, 'application/json', 400, 'body_invalid'],
  ['no base64', { base64: '§§§§' }, 'application/json', 400, 'body_malformed'],
  [
    'text as base64',
    { base64: Buffer.from('just text').toString('base64') },
    'application/json',
    415,
    'media_unsupported',
  ],
  ['an inner address', { url: 'http://127.0.0.1/x.png' }, 'application/json', 400, 'url_blocked'],
  ['the metadata service', { url: 'http://169.254.169.254/' }, 'application/json', 400, 'url_blocked'],
  ['a file address', { url: 'file:///etc/passwd' }, 'application/json', 400, 'url_blocked'],
  [
    'an inner webhook',
    { base64: 'aaaa', webhook: { url: 'ftp://x' } },
    'application/json',
    400,
    'url_blocked',
  ],
  ['a wrong type', 'x', 'text/plain', 415, 'body_type'],
  ['XML', '<a/>', 'application/xml', 415, 'body_type'],
  ['no type', 'x', 'nonsense', 415, 'body_type'],
  ['a form without a boundary', 'x', 'multipart/form-data', 400, 'body_malformed'],
  [
    'a form without an end',
    `--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\nabc`,
    MULTIPART,
    400,
    'body_malformed',
  ],
  [
    'a form without a file',
    '--x\r\ncontent-disposition: form-data; name="a"\r\n\r\nb\r\n--x--\r\n',
    MULTIPART,
    400,
    'body_malformed',
  ],
  ['an empty form', '--x--\r\n', MULTIPART, 400, 'body_malformed'],
  ['no form at all', 'garbage', MULTIPART, 400, 'body_malformed'],
  ['an empty picture', '', 'image/png', 422, 'media_empty'],
  ['text as a picture', 'hello', 'image/png', 415, 'media_unsupported'],
  ['a cut PNG header', '\x89PNG\r\n\x1a\n\0\0', 'image/png', 422, 'media_unreadable'],
  ['too large a body', 'x'.repeat(20_001), 'image/png', 413, 'limit_bytes'],
])('%s', async (_, payload, type, status, code) => {
  const body = typeof payload === 'string' ? Buffer.from(payload, 'latin1') : payload
  await expectProblem(await post(body, type), status, code)
})

test.each([
  ['frames', 'many'],
  ['frames', '0'],
  ['frames', '-3'],
  ['frames', '1e9'],
  ['fps', 'NaN'],
  ['maxFaces', '2.5'],
  ['retention', 'forever'],
  ['retention', 'hours:0'],
  ['priority', 'now'],
  ['flip', 'perhaps'],
  ['tags', 'x'.repeat(65)],
  ['models', 'no-such-model'],
  ['models', '../../etc'],
  ['webhook', 'nonsense'],
  ['colour', 'red'],
  ['__proto__', 'x'],
  ['constructor', 'x'],
])('the option %s=%s', async (name, value) => {
  const parts = form({ file: await picture() })
  parts.append(name, value)
  const answer = await post(parts)
  expect(answer.statusCode).toBe(400)
  await expectProblem(answer, 400, answer.json().code)
})

test('two ways of choosing frames at once', async () => {
  await expectProblem(await post(form({ file: await picture(), frames: '3', fps: '1' })), 400, 'bad_option')
})

test('10,000 fields, a huge field, two files', async () => {
  const many = form({ file: await picture() })
  for (let index = 0; index < 10_000; index++) many.append(`f${index}`, 'x')
  await expectProblem(await post(many), 400, 'body_malformed')
  const huge = form({ name: 'x'.repeat(20_000), file: await picture() })
  await expectProblem(await post(huge), 400, 'body_malformed')
  const long = form({ file: await picture() })
  for (let index = 0; index < 30; index++) long.append('tags', 'x,'.repeat(5000))
  const answer = await post(long)
  expect(answer.json().detail).toContain('too long together')
  await expectProblem(answer, 400, 'body_malformed')
  const list = form({ tags: 'x,'.repeat(5000), file: await picture() })
  await expectProblem(await post(list), 400, 'body_invalid')
  await expectProblem(await post(form({ file: [await picture(), await picture()] })), 400, 'body_malformed')
})

test('a file over the limit in a form', async () => {
  await expectProblem(await post(form({ file: Buffer.alloc(20_001, 'x') })), 413, 'limit_bytes')
})

test('a picture of 50,000 × 50,000 pixels', async () => {
  const png = await picture()
  png.writeUInt32BE(50_000, 16)
  png.writeUInt32BE(50_000, 20)
  const answer = await post(png, 'image/png')
  expect([413, 422]).toContain(answer.statusCode)
  await expectProblem(answer, answer.statusCode, answer.json().code)
})

test('a picture whose pixels are cut off is refused when the caller waits, and nothing of it stays', async () => {
  const png = await picture(200, 100)
  const answer = await post(
    png.subarray(0, png.length - 30),
    'image/png',
    '/api/v1/analyses?wait=20&retention=none',
  )
  await expectProblem(answer, 422, 'media_unreadable')
})

test.each([
  "/api/v1/analyses/' OR 1=1 --",
  '/api/v1/analyses/1;DROP TABLE analyses',
  '/api/v1/analyses/..%2f..%2fetc%2fpasswd',
  `/api/v1/analyses/${'x'.repeat(400)}`,
  `/api/v1/analyses/${crypto.randomUUID()}`,
  `/api/v1/batches/' OR ''='`,
  '/api/v1/nothing',
  '/api/v2/analyses',
  '/api/v1/analyses/x/evidence/..%2f..%2fmedia',
])('%s is not found', async (url) => {
  await expectProblem(await running.app.inject(encodeURI(url).replaceAll('%25', '%')), 404, 'not_found')
})

test('an address with a NUL is malformed', async () => {
  await expectProblem(await running.app.inject('/api/v1/analyses/%00'), 400, 'body_malformed')
})

test('SQL in filters is text', async () => {
  for (const text of ["' OR 1=1 --", '%', '_', '\\', "'; DROP TABLE analyses; --"]) {
    const answer = await running.app.inject({ url: '/api/v1/analyses', query: { text, tag: text } })
    expect([answer.statusCode, answer.json().items]).toEqual([200, []])
  }
})

test('a wait that is no number, an id that is too odd, an idempotency key that is too long', async () => {
  const file = form({ file: await picture() })
  await expectProblem(await post(file, undefined, '/api/v1/analyses?wait=soon'), 400, 'body_invalid')
  const headers = { 'idempotency-key': 'x'.repeat(300) }
  const long = await running.app.inject({
    method: 'POST',
    url: '/api/v1/analyses',
    headers,
    payload: form({ file: await picture() }),
  })
  await expectProblem(long, 400, 'body_malformed')
})

/** Sends bytes as they are, waits for the answer, and reads it. */
async function raw(
  ...pieces: (string | Buffer | number)[]
): Promise<{ statusCode: number; headers: object; body: string }> {
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(running.url).port) })
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(chunk)).on('error', () => undefined)
  const ended = new Promise((done) => socket.once('close', done))
  for (const piece of pieces) {
    if (typeof piece === 'number') await new Promise((done) => setTimeout(done, piece))
    else socket.write(piece)
  }
  await ended
  const [head = '', body = ''] = Buffer.concat(chunks).toString().split('\r\n\r\n')
  const type = /content-type: (.*)/i.exec(head)?.[1]
  return { statusCode: Number(head.split(' ')[1]), headers: { 'content-type': type }, body }
}

const head = (type: string, length: number | 'chunked') =>
  `POST /api/v1/analyses HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: ${type}\r\n${
    length === 'chunked' ? 'transfer-encoding: chunked' : `content-length: ${length}`
  }\r\n\r\n`

test('a content-length over the limit is refused before the body comes', async () => {
  await expectProblem(await raw(head('image/png', 5_000_000)), 413, 'limit_bytes')
})

test('a body that is shorter than announced, or stops, is given up', async () => {
  await expectProblem(await raw(head('image/png', 5000), 'abc'), 408, 'body_timeout')
  await expectProblem(await raw(head('application/json', 5000), '{"url"'), 408, 'body_timeout')
  const start = '--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\nabc'
  await expectProblem(await raw(head(MULTIPART, 5000), start), 408, 'body_timeout')
  await expectProblem(await raw(head(MULTIPART, 5000), '--x\r\n'), 408, 'body_timeout')
})

test('a body that comes byte by byte is given up in the end', async () => {
  const drops = Array.from({ length: 12 }, () => ['1\r\nx\r\n', 200]).flat()
  await expectProblem(await raw(head('image/png', 'chunked'), ...drops), 408, 'body_timeout')
})

test('a chunked body without a length is bounded while it is read', async () => {
  const chunk = `4e20\r\n${'x'.repeat(20_000)}\r\n`
  await expectProblem(await raw(head('image/png', 'chunked'), chunk, chunk), 413, 'limit_bytes')
})

test('what is not HTTP, and a broken chunk', async () => {
  await expectProblem(await raw('garbage\r\n\r\n'), 400, 'body_malformed')
  const broken = await raw(head('image/png', 'chunked'), 'zz\r\n')
  expect(broken.statusCode).toBe(400)
})

test('an upload whose sender goes away leaves nothing', async () => {
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(running.url).port) })
  socket.on('error', () => undefined)
  socket.write(head('image/png', 15_000))
  socket.write(await picture())
  await new Promise((done) => setTimeout(done, 100))
  socket.resetAndDestroy()
  await new Promise((done) => setTimeout(done, 700))
  expect(await running.stored()).toEqual([])
  expect((await running.app.inject('/api/v1/analyses')).json().items.length).toBe(1)
})
