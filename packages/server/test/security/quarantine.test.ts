import { afterAll, beforeAll, expect, test } from 'vitest'
import { form, picture, runTestService, type TestService } from '../running/test-service.ts'

let running: TestService
beforeAll(async () => {
  running = await runTestService()
})
afterAll(() => running.close())

const send = (file: Buffer, fileName: string, fields: Record<string, string> = {}) =>
  running.app.inject({
    method: 'POST',
    url: '/api/v1/analyses?wait=20',
    payload: form({ file, ...fields }, fileName),
  })

const SCRIPT = '<script>alert(document.domain)</script>'

test.each([
  ['a page', `<!doctype html>${SCRIPT}`, 'a.png'],
  ['an SVG with a script', `<svg xmlns="http://www.w3.org/2000/svg">${SCRIPT}</svg>`, 'a.svg'],
  ['an SVG that says it is a picture', `<?xml version="1.0"?><svg>${SCRIPT}</svg>`, 'a.jpg'],
  ['a PDF', `%PDF-1.7\n${SCRIPT}`, 'a.pdf'],
  ['a script', 'alert(1)', 'a.js'],
])('%s is refused by its bytes, whatever it is called', async (_, text, name) => {
  expect((await send(Buffer.from(text), name)).statusCode).toBe(415)
  expect(await running.stored()).toEqual([])
})

/** Headers under which a browser neither sniffs, nor runs, nor frames what it gets. */
function expectQuarantine(headers: Record<string, unknown>) {
  expect(headers['x-content-type-options']).toBe('nosniff')
  expect(headers['content-security-policy']).toMatch(/^sandbox; default-src 'none';/)
  expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
  expect(headers['content-security-policy']).not.toMatch(/allow-|script-src|http/)
  expect(headers['cross-origin-resource-policy']).toBe('same-origin')
}

test('a picture with a page behind it comes back as a picture to save, under a name of the service', async () => {
  const polyglot = Buffer.concat([await picture(), Buffer.from(SCRIPT)])
  const sent = await send(polyglot, '"><script>.html\r\nset-cookie: a=b')
  expect([sent.statusCode, sent.json().state]).toEqual([200, 'completed'])
  const { id, links } = sent.json()
  const media = await running.app.inject(links.media)
  expect(media.headers['content-type']).toBe('image/png')
  expect(media.headers['content-disposition']).toBe(`attachment; filename="${id}.png"`)
  expect(media.headers['cache-control']).toBe('private, no-store')
  expect(media.headers['set-cookie']).toBeUndefined()
  expectQuarantine(media.headers)
  const part = await running.app.inject({ url: links.media, headers: { range: 'bytes=0-9' } })
  expect(part.statusCode).toBe(206)
  expectQuarantine(part.headers)
})

test('the page and the pictures of a report run and load nothing, and names in it are text', async () => {
  const name = 'later "><script>alert(1)</script>.png'
  const sent = await send(await picture(), 'a.png', { name })
  const { links, evidence } = sent.json()
  for (const { href } of [{ href: links.reportHtml }, ...evidence]) {
    const answer = await running.app.inject(href)
    expect([href, answer.statusCode]).toEqual([href, 200])
    expectQuarantine(answer.headers)
  }
  const page = await running.app.inject(links.reportHtml)
  expect(page.headers['content-type']).toBe('text/html; charset=utf-8')
  expect(page.body).not.toContain('<script')
  expect(page.body).toContain('&lt;script&gt;')
})

test('answers of the API are kept by no cache', async () => {
  for (const url of ['/api/v1/analyses', '/api/v1/session', '/api/v1/nothing']) {
    expect((await running.app.inject(url)).headers['cache-control']).toBe('no-store')
  }
})
