import { createHmac } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AnalysisEvent, type DeliveryList, type Problem } from '@unswap/contract'
import Value from 'typebox/value'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startBackgroundTasks } from '../../src/boot/background-tasks.ts'
import { openDeliverer } from '../../src/webhooks/deliver-webhooks.ts'
import { deliverDue } from '../running/deliver-due.ts'
import { form, picture, runTestService, type TestService } from '../running/test-service.ts'

interface Call {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

let running: TestService
let receiver: Server
let hook = ''
const calls: Call[] = []
let refusals = 0

beforeAll(async () => {
  receiver = createServer(async (request, reply) => {
    const chunks = await request.toArray()
    calls.push({ path: request.url!, headers: request.headers, body: Buffer.concat(chunks).toString() })
    if (request.url === '/never') return
    reply.statusCode = request.url === '/broken' && refusals-- > 0 ? 500 : 204
    reply.end()
  })
  await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done))
  hook = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`
  running = await runTestService({
    listen: true,
    config: { fetch: { allowPrivate: ['127.0.0.1'] }, webhooks: { firstPauseSeconds: 0.05, attempts: 3 } },
  })
  const tasks = startBackgroundTasks(running.service)
  const { close } = running
  running = { ...running, close: () => tasks.stop().then(close) }
})
afterAll(async () => {
  await running.close()
  receiver.close()
})

async function submit(parts: Record<string, string>): Promise<{ id: string; links: { events: string } }> {
  const body = form({ file: await picture(), ...parts })
  const answer = await fetch(`${running.url}/api/v1/analyses`, { method: 'POST', body })
  expect(answer.status).toBe(202)
  return answer.json() as Promise<{ id: string; links: { events: string } }>
}

/** Reads a stream of events to its end. */
async function follow(path: string, headers: Record<string, string> = {}) {
  const answer = await fetch(running.url + path, { headers })
  const text = await answer.text()
  const events = text
    .split('\n\n')
    .filter((block) => block.startsWith('id: '))
    .map((block) => {
      const [id, type, data] = block.split('\n').map((line) => line.slice(line.indexOf(': ') + 2))
      return { id: Number(id), type, data: JSON.parse(data!) }
    })
  return { answer, events }
}

test('events tell of progress and end with the analysis', async () => {
  const { links } = await submit({ name: 'slow' })
  const { answer, events } = await follow(links.events)
  expect(answer.headers.get('content-type')).toMatch('text/event-stream')
  expect(events.at(-1)?.type).toBe('completed')
  expect(events.map(({ type }) => type)).toContain('progress')
  for (const { type, data } of events) {
    expect([...Value.Errors(AnalysisEvent, data)]).toEqual([])
    expect(data.type).toBe(type)
  }
  const ids = events.map(({ id }) => id)
  expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b))
  // Who comes back after the last event is told not to come again; who missed it gets it.
  const last = { 'last-event-id': String(ids.at(-1)) }
  expect((await follow(links.events, last)).answer.status).toBe(204)
  const missed = await follow(links.events, { 'last-event-id': String(ids[0]) })
  expect(missed.events.map(({ type }) => type)).toEqual(['completed'])
})

test('cancelling ends the stream', async () => {
  const { id, links } = await submit({ name: 'slow' })
  const following = follow(links.events)
  await fetch(`${running.url}/api/v1/analyses/${id}/cancel`, { method: 'POST' })
  expect((await following).events.at(-1)?.type).toBe('cancelled')
})

const called = async (path: string, times: number): Promise<Call[]> => {
  for (let turn = 0; turn < 200; turn++) {
    const found = calls.filter((call) => call.path === path)
    if (found.length >= times) return found
    await new Promise((done) => setTimeout(done, 50))
  }
  throw new Error(`${path} was not called ${times} times`)
}

test('a webhook is signed, with the time in the signature', async () => {
  const { id } = await submit({ webhook: `${hook}/good`, webhookSecret: 'a secret word' })
  const [call] = await called('/good', 1)
  expect(JSON.parse(call!.body)).toMatchObject({ type: 'completed', analysis: id })
  const [, t, v1] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(call!.headers['unswap-signature']))!
  expect(createHmac('sha256', 'a secret word').update(`${t}.${call!.body}`).digest('hex')).toBe(v1)
  expect(Math.abs(Number(t) * 1000 - Date.now())).toBeLessThan(60_000)
  const resource = await (await fetch(`${running.url}/api/v1/analyses/${id}`)).text()
  expect(resource).not.toContain('a secret word')
})

test('a webhook that fails is tried again, with the same delivery id', async () => {
  refusals = 2
  await submit({ webhook: `${hook}/broken` })
  const tries = await called('/broken', 3)
  expect(new Set(tries.map(({ headers }) => headers['unswap-delivery'])).size).toBe(1)
})

test('who sent a webhook sees whether it arrived, and can have it sent again', async () => {
  refusals = 99
  const { id } = await submit({ webhook: `${hook}/broken`, webhookSecret: 'a secret word' })
  const path = `${running.url}/api/v1/analyses/${id}/deliveries`
  const list = async () => {
    const answer = await fetch(path)
    const text = await answer.text()
    expect(text).not.toContain('a secret word')
    const { items } = JSON.parse(text) as DeliveryList
    return items
  }
  await expect.poll(list).toMatchObject([
    {
      url: `${hook}/broken`,
      state: 'failed',
      attempts: 3,
      error: expect.stringMatching('500'),
      nextAt: null,
    },
  ])
  const [failed] = await list()
  refusals = 0
  const again = await fetch(`${path}/${failed!.id}/retry`, { method: 'POST' })
  expect(again.status).toBe(202)
  expect(await again.json()).toMatchObject({ state: 'pending', attempts: 0, endedAt: null })
  await expect.poll(list).toMatchObject([{ id: failed!.id, state: 'delivered', attempts: 1, error: null }])
  const sent = calls.filter(({ headers }) => headers['unswap-delivery'] === failed!.id)
  expect(sent).toHaveLength(4)

  const { id: other } = await submit({})
  const foreign = `${running.url}/api/v1/analyses/${other}/deliveries`
  expect(await (await fetch(foreign)).json()).toEqual({ items: [] })
  const refused = await fetch(`${foreign}/${failed!.id}/retry`, { method: 'POST' })
  expect([refused.status, ((await refused.json()) as Problem).code]).toEqual([404, 'not_found'])
})

test('a receiver that does not answer holds up no other', async () => {
  const quiet = await runTestService({
    config: { fetch: { allowPrivate: ['127.0.0.1'] }, webhooks: { seconds: 30 } },
  })
  const deliverer = openDeliverer(quiet.service)
  for (const path of ['/never', '/after']) {
    const payload = form({ file: await picture(), webhook: hook + path })
    await quiet.app.inject({ method: 'POST', url: '/api/v1/analyses?wait=20', payload })
  }
  await deliverer.sendDue()
  expect(await called('/after', 1)).toHaveLength(1)
  const waiting = await quiet.service.db.selectFrom('webhook_deliveries').select('state').execute()
  expect(waiting.map(({ state }) => state)).toContain('pending')
  receiver.closeAllConnections()
  await deliverer.settled()
  await quiet.close()
})

test('a webhook to an inner address is never called', async () => {
  const guarded = await runTestService({ config: { webhooks: { firstPauseSeconds: 0.05 } } })
  const send = async (webhook: string) =>
    guarded.app.inject({
      method: 'POST',
      url: '/api/v1/analyses?wait=20',
      payload: form({ file: await picture(), webhook }),
    })
  // A number is known to lead inside at once, a name when it is looked up.
  for (const literal of [`${hook}/inner`, 'http://[::1]/', 'http://0x7f.1/', 'http://169.254.169.254/']) {
    const refused = await send(literal)
    expect([refused.statusCode, refused.json().code]).toEqual([400, 'url_blocked'])
  }
  await send(`${hook.replace('127.0.0.1', 'localhost')}/inner`)
  await deliverDue(guarded.service)
  expect(calls.filter(({ path }) => path === '/inner')).toEqual([])
  const rows = await guarded.service.db
    .selectFrom('webhook_deliveries')
    .select(['state', 'attempts'])
    .execute()
  expect(rows).toEqual([{ state: 'failed', attempts: 1 }])
  await guarded.close()
})
