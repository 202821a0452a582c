// What all callers share: one who names addresses that never answer holds up nobody else.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDeliverer } from '../../src/webhooks/deliver-webhooks.ts'
import { form, picture, runTestService, type TestService } from '../running/test-service.ts'

const called: string[] = []
const receiver = createServer((request, reply) => {
  called.push(request.url!)
  if (request.url === '/ok.png')
    void picture().then((png) => reply.setHeader('content-type', 'image/png').end(png))
  else if (request.url === '/hook') reply.end()
})
let base = ''
let mute = ''
let running: TestService
beforeAll(async () => {
  await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done))
  const { port } = receiver.address() as AddressInfo
  base = `http://127.0.0.1:${port}`
  // Another host for the service, and the same receiver.
  mute = `http://127.0.0.2:${port}`
  await new Promise<void>((done) => receiver.close(() => done()))
  await new Promise<void>((done) => receiver.listen(port, done))
  running = await runTestService({
    listen: true,
    config: { fetch: { allowPrivate: ['127.0.0.0/8'], seconds: 60 }, webhooks: { seconds: 60 } },
  })
})
afterAll(async () => {
  receiver.closeAllConnections()
  receiver.close()
  await running.close()
})

const submit = (headers: { authorization: string }, url: string) =>
  fetch(`${running.url}/api/v1/analyses`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ url }),
  })

test('fetches that never end are bounded per caller and per host; others go on', async () => {
  const [one, two, three] = [
    await running.key('analyze'),
    await running.key('analyze'),
    await running.key('analyze'),
  ]
  const waiting = [one, two].flatMap((key) => Array.from({ length: 16 }, () => submit(key, `${mute}/never`)))
  await expect.poll(() => called.filter((path) => path === '/never').length).toBe(32)
  const own = await submit(one, `${base}/ok.png`)
  expect([own.status, own.headers.get('retry-after')]).toEqual([503, '5'])
  const sameHost = await submit(three, `${mute}/ok.png`)
  expect([sameHost.status, sameHost.headers.get('retry-after')]).toEqual([503, '5'])
  expect((await submit(three, `${base}/ok.png`)).status).toBe(202)
  receiver.closeAllConnections()
  expect(new Set((await Promise.all(waiting)).map(({ status }) => status))).toEqual(new Set([422]))
  expect((await submit(one, `${base}/ok.png`)).status).toBe(202)
})

test('webhooks that are never answered are bounded per owner and per host; others are sent', async () => {
  const [one, two] = [await running.key('analyze'), await running.key('analyze')]
  const send = async (headers: { authorization: string }, webhook: string) =>
    running.app.inject({
      method: 'POST',
      url: '/api/v1/analyses?wait=30',
      headers,
      payload: form({ file: await picture(), webhook }),
    })
  for (let count = 0; count < 20; count++) await send(one, `${mute}/mute`)
  for (let host = 3; host < 16; host++)
    await send(one, `${mute.replace('127.0.0.2', `127.0.0.${host}`)}/mute`)
  await send(two, `${base}/hook`)
  const deliverer = openDeliverer(running.service)
  await deliverer.sendDue()
  await expect.poll(() => called.filter((path) => path === '/hook').length).toBe(1)
  await expect.poll(() => called.filter((path) => path === '/mute').length).toBe(16)
  const tried = await running.service.db
    .selectFrom('webhook_deliveries')
    .select(['host', 'attempts'])
    .where('attempts', '>', 0)
    .execute()
  expect(tried.filter(({ host }) => host.startsWith('127.0.0.2')).length).toBe(8)
  expect(tried.length).toBe(17)
  receiver.closeAllConnections()
  await deliverer.settled()
})
