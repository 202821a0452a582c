import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runTestService, type TestService } from '../running/test-service.ts'

const SCRIPT = 'void 0;'.repeat(300)

let running: TestService
let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unswap-site-'))
  await mkdir(join(folder, 'assets'))
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>Unswap</title>')
  await writeFile(join(folder, 'assets', 'main-1a2b.js'), SCRIPT)
  await writeFile(join(folder, 'assets', 'main-1a2b.js.br'), brotliCompressSync(SCRIPT))
  await writeFile(join(folder, 'assets', 'main-1a2b.js.gz'), gzipSync(SCRIPT))
  running = await runTestService({ work: false, config: { webDir: folder } })
})
afterAll(async () => {
  await running.close()
  await rm(folder, { recursive: true })
})

const get = (url: string, accept = 'text/html') => running.app.inject({ url, headers: { accept } })

test('the application is served, and every address of its own leads to its page', async () => {
  for (const url of ['/', '/history', '/analyses/some-id']) {
    const { statusCode, body, headers } = await get(url)
    expect([statusCode, body, headers['cache-control']]).toEqual([
      200,
      expect.stringContaining('Unswap'),
      'no-cache',
    ])
  }
  const script = await get('/assets/main-1a2b.js', '*/*')
  expect([script.statusCode, script.headers['cache-control']]).toEqual([
    200,
    expect.stringContaining('immutable'),
  ])
})

test('an address that no page has is answered 404, with the page that says so', async () => {
  const router = await readFile(new URL('../../../web/src/router.tsx', import.meta.url), 'utf8')
  const paths = [...router.matchAll(/path: '(.+?)'/g)].map(([, path]) => path!.replace('$id', 'some-id'))
  expect(paths.length).toBeGreaterThan(5)
  for (const path of paths) expect([path, (await get(path)).statusCode]).toEqual([path, 200])
  const nowhere = await get('/nowhere')
  expect([nowhere.statusCode, nowhere.body]).toEqual([404, expect.stringContaining('Unswap')])
})

test('scripts go out compressed, as far as the browser can read that, and may be kept for ever', async () => {
  const plain = (bytes: Buffer) => bytes
  for (const [accepted, encoding, decode] of [
    ['gzip, br', 'br', brotliDecompressSync],
    ['gzip', 'gzip', gunzipSync],
    ['identity', undefined, plain],
  ] as const) {
    const answer = await running.app.inject({
      url: '/assets/main-1a2b.js',
      headers: { 'accept-encoding': accepted },
    })
    expect(answer.statusCode).toBe(200)
    expect(decode(answer.rawPayload).toString()).toBe(SCRIPT)
    expect(answer.headers).toMatchObject({
      'content-type': expect.stringContaining('javascript'),
      'cache-control': 'public, max-age=31536000, immutable',
      vary: expect.stringMatching(/accept-encoding/i),
    })
    expect(answer.headers['content-encoding']).toBe(encoding)
  }
})

test('what is missing of the API or the files is a problem, not the page', async () => {
  for (const [url, accept] of [
    ['/api/v1/nothing', 'text/html'],
    ['/assets/gone.js', '*/*'],
    ['/../../package.json', '*/*'],
    ['/..%2f..%2fpackage.json', '*/*'],
  ] as const) {
    const answer = await get(url, accept)
    expect([answer.statusCode, answer.json().code]).toEqual([404, 'not_found'])
  }
})

test('the description of the API can be read and tried, from local files alone', async () => {
  expect((await get('/docs/json')).json().openapi).toBe('3.1.0')
  const page = await get('/docs/')
  expect(page.statusCode).toBe(200)
  expect(page.body).not.toMatch(/(src|href)="(https?:)?\/\//)
})
