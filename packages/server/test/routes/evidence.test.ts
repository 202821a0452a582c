import type { AnalysisResource } from '@unswap/contract'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sweepExpired } from '../../src/storage/retention/sweep.ts'
import { form, picture, runTestService, type TestService } from '../running/test-service.ts'

let running: TestService
beforeAll(async () => {
  running = await runTestService()
})
afterAll(() => running.close())

const submit = async (options: Record<string, string> = {}) => {
  const body = form({ file: await picture(), name: 'later', ...options })
  const answer = await running.app.inject({ method: 'POST', url: '/api/v1/analyses?wait=20', payload: body })
  expect(answer.statusCode).toBe(200)
  return answer.json() as AnalysisResource
}
const read = async ({ links }: AnalysisResource) =>
  (await running.app.inject(links.self)).json() as AnalysisResource
const get = (url: string) => running.app.inject(url)
const formatOf = async (bytes: Buffer) => (await sharp(bytes).metadata()).format

test('pictures and page are rendered when they are asked for, and kept from then on', async () => {
  const analysis = await submit()
  expect(analysis.evidence.map(({ name, bytes }) => [name, bytes])).toEqual([
    ['annotated.jpg', null],
    ['face-1.crop.jpg', null],
    ['face-1.heatmap.png', null],
    ['face-1.overlay.png', null],
    ['face-1.map.png', null],
  ])
  const answers = await Promise.all(analysis.evidence.map(({ href }) => get(href)))
  for (const [index, { name, type, faceId }] of analysis.evidence.entries()) {
    const { statusCode, headers, rawPayload } = answers[index]!
    expect([statusCode, headers['content-type']]).toEqual([200, type])
    expect(await formatOf(rawPayload)).toBe(name.endsWith('.png') ? 'png' : 'jpeg')
    expect(faceId).toBe(name.startsWith('face-1') ? 'face-1' : null)
  }
  const sizes = (await read(analysis)).evidence.map(({ bytes }) => bytes)
  expect(sizes).toEqual(answers.map(({ rawPayload }) => rawPayload.length))
  const again = await get(analysis.evidence[0]!.href)
  expect(again.rawPayload.equals(answers[0]!.rawPayload)).toBe(true)
})

test('the page has the pictures in it', async () => {
  const analysis = await submit()
  const page = await get(analysis.links.reportHtml!)
  expect(page.headers['content-type']).toMatch('text/html')
  expect(page.body.match(/src="data:image\//g)!.length).toBeGreaterThan(2)
  expect(page.body).toContain('later')
})

test('the page leads with what a person decided, also after it was kept, until that is taken back', async () => {
  const analysis = await submit()
  const decide = (override: string | null) =>
    running.app.inject({
      method: 'POST',
      url: `${analysis.links.self}/feedback`,
      payload: { override },
    })
  const page = async () => (await get(analysis.links.reportHtml!)).body
  const before = await page()
  await decide('inconclusive')
  expect(await page()).toMatch(
    /<main>\s+<section[^>]*>\s+<h2 id="decision">.*Inconclusive<.h2>\s+<p class="lead">A person/,
  )
  await decide(null)
  expect(await page()).toBe(before)
})

test('a thumbnail needs nothing to be rendered, before and after', async () => {
  const analysis = await submit()
  const early = await get(analysis.thumbnail!)
  expect([early.statusCode, await formatOf(early.rawPayload)]).toEqual([200, 'jpeg'])
  expect((await read(analysis)).evidence.every(({ bytes }) => bytes === null)).toBe(true)
  await get(analysis.evidence[0]!.href)
  const late = await get(analysis.thumbnail!)
  expect([late.statusCode, await formatOf(late.rawPayload)]).toEqual([200, 'jpeg'])
})

test('what they are rendered from is served to nobody', async () => {
  const { links } = await submit()
  for (const name of ['packed', 'report.html.br', '..%2Fpacked']) {
    expect((await get(`${links.self}/evidence/${name}`)).statusCode).toBe(404)
  }
})

test('with retention `none` there is nothing to render from, and nothing is promised', async () => {
  await running.idle()
  const before = await running.stored()
  const { evidence, links, thumbnail } = await submit({ retention: 'none' })
  expect([evidence, thumbnail]).toEqual([[], null])
  await expect.poll(() => running.stored()).toEqual(before)
  expect((await get(`${links.self}/evidence/annotated.jpg`)).statusCode).toBe(410)
})

test('what is erased while it is rendered leaves nothing behind', async () => {
  await running.idle()
  const before = await running.stored()
  for (let round = 0; round < 5; round++) {
    const { evidence, links } = await submit()
    const [shown] = await Promise.all([
      get(evidence[0]!.href),
      new Promise((done) => setTimeout(done, round * 15)).then(() =>
        running.app.inject({ method: 'DELETE', url: links.self }),
      ),
    ])
    expect([200, 404, 410]).toContain(shown.statusCode)
  }
  await expect.poll(() => running.stored()).toEqual(before)
})

test('what has expired is not rendered any more', async () => {
  await running.idle()
  const before = await running.stored()
  const { evidence } = await submit({ retention: 'hours:1' })
  await sweepExpired(running.service.db, running.service.blobs, Date.now() + 2 * 3600_000)
  expect((await get(evidence[0]!.href)).statusCode).toBe(410)
  // The sweep took what the tests before had kept as well.
  expect((await running.stored()).length).toBeLessThanOrEqual(before.length)
})
