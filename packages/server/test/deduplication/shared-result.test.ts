import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { AnalysisResource } from '@unswap/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deliverDue } from '../running/deliver-due.ts'
import { form, picture, runTestService, type TestService } from '../running/test-service.ts'
import { ENGINES, type TestDatabase } from '../storage/engines.ts'

describe.each(ENGINES)('the same media sent again while it is analysed, on %s', (_, openDatabase) => {
  let database: TestDatabase
  let running: TestService
  const heard: { analysis: string; signed: boolean }[] = []
  const receiver = createServer(async (request, reply) => {
    const body = await text(request)
    const [t, v1] = String(request.headers['unswap-signature']).split(',')
    const { analysis } = JSON.parse(body)
    const expected = createHmac('sha256', 'secret-word')
      .update(`${t?.slice(2)}.${body}`)
      .digest('hex')
    heard.push({ analysis, signed: v1 === `v1=${expected}` })
    reply.end()
  })
  let webhook = ''

  beforeAll(async () => {
    database = await openDatabase()
    await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done))
    webhook = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`
    running = await runTestService({
      config: { database: { url: database.address }, fetch: { allowPrivate: ['127.0.0.1'] } },
    })
  })
  afterAll(async () => {
    await running.close()
    await database.stop()
    receiver.closeAllConnections()
    receiver.close()
  })

  const send = async (file: Buffer, options: Record<string, string> = {}, headers = {}) => {
    const answer = await running.app.inject({
      method: 'POST',
      url: '/api/v1/analyses',
      headers,
      payload: form({ file, ...options }, 'slow-later.png'),
    })
    return answer.json() as AnalysisResource
  }
  const look = async (id: string) =>
    (await running.app.inject(`/api/v1/analyses/${id}`)).json() as AnalysisResource
  const ended = async (id: string) => {
    const { body } = await running.app.inject(`/api/v1/analyses/${id}/events`)
    expect(body).toMatch(/event: (completed|failed|cancelled)/)
    return look(id)
  }
  /** How often the models were asked; the stand-in answers each analysis with one batch. */
  const analysed = async () => {
    const { body } = await running.app.inject('/metrics')
    return Number(/^unswap_batch_crops_count (\d+)/m.exec(body)?.[1] ?? 0)
  }
  const started = async (id: string) => expect.poll(async () => (await look(id)).state).toBe('running')

  test('concurrent submissions are analysed once, and each has its own life', async () => {
    const file = await picture()
    const before = await analysed()
    const wanted = [
      { retention: 'keep', name: 'slow-later one', tags: 'a' },
      { retention: 'hours:1', name: 'slow-later two', webhook, webhookSecret: 'secret-word' },
      { retention: 'none', name: 'slow-later three', webhook, webhookSecret: 'secret-word' },
      { retention: 'keep', name: 'slow-later four' },
      { retention: 'keep', name: 'slow-later five' },
    ]
    // The first keeps pictures and is on its way, so that all others can wait for it.
    const first = await send(file, wanted[0])
    const sent = [first, ...(await Promise.all(wanted.slice(1).map((one) => send(file, one))))]
    expect(new Set(sent.map(({ id }) => id)).size).toBe(5)
    const [one, two, three, four, five] = sent.map(({ id }) => id) as [string, string, string, string, string]
    await started(one)
    const cancelled = await running.app.inject({ method: 'POST', url: `/api/v1/analyses/${four}/cancel` })
    expect(cancelled.json().state).toBe('cancelled')
    const gone = await running.app.inject({ method: 'DELETE', url: `/api/v1/analyses/${five}` })
    expect(gone.statusCode).toBe(204)

    const [kept, hours, none] = [await ended(one), await ended(two), await ended(three)]
    expect([kept.state, hours.state, none.state]).toEqual(['completed', 'completed', 'completed'])
    expect(await analysed()).toBe(before + 1)
    expect(hours.report).toEqual(kept.report)
    expect(none.report).toEqual(kept.report)
    expect([kept.tags, hours.tags]).toEqual([['a'], []])
    expect([kept.expiresAt, kept.mediaKept]).toEqual([null, true])
    expect(Date.parse(hours.expiresAt!) - Date.parse(hours.finishedAt!)).toBe(3600_000)
    expect([none.mediaKept, none.evidence]).toEqual([false, []])
    expect(hours.evidence.map(({ name }) => name)).toEqual(kept.evidence.map(({ name }) => name))

    // What was taken over hangs on nothing of the first one's.
    expect((await running.app.inject({ method: 'DELETE', url: `/api/v1/analyses/${one}` })).statusCode).toBe(
      204,
    )
    const page = await running.app.inject(`/api/v1/analyses/${two}/report.html`)
    expect(page.body).toContain('slow-later two')
    expect(page.body).not.toContain('slow-later one')
    const annotated = await running.app.inject(`/api/v1/analyses/${two}/evidence/annotated.jpg`)
    expect([annotated.statusCode, annotated.headers['content-type']]).toEqual([200, 'image/jpeg'])
    expect((await running.app.inject(`/api/v1/analyses/${two}/media`)).rawPayload).toEqual(file)
    expect((await look(four)).state).toBe('cancelled')

    await expect
      .poll(async () => {
        await deliverDue(running.service)
        return heard.length
      })
      .toBe(2)
    expect(heard.map(({ analysis }) => analysis).sort()).toEqual([two, three].sort())
    expect(heard.every(({ signed }) => signed)).toBe(true)
  })

  test('cancelling or deleting the one at work leaves the one that waits for it', async () => {
    const file = await picture()
    const before = await analysed()
    const ways = [
      { method: 'POST', path: '/cancel' },
      { method: 'DELETE', path: '' },
    ] as const
    const [a, b, c] = [await send(file), await send(file), await send(file)]
    for (const [index, { method, path }] of ways.entries()) {
      const { id } = [a, b][index]!
      await started(id)
      expect((await look(c.id)).state).toBe('queued')
      expect(
        (await running.app.inject({ method, url: `/api/v1/analyses/${id}${path}` })).statusCode,
      ).toBeLessThan(205)
    }
    expect((await ended(c.id)).state).toBe('completed')
    expect(await analysed()).toBe(before + 1)
  })

  test('`fresh`, another owner and other settings are not joined', async () => {
    const file = await picture()
    const before = await analysed()
    const key = await running.key('analyze', 'read')
    const sent = [
      await send(file),
      await send(file, { fresh: 'true' }),
      await send(file, { maxFaces: '3' }),
      await send(file, {}, key),
    ]
    for (const { id } of sent.slice(0, 3)) expect((await ended(id)).state).toBe('completed')
    await running.idle()
    expect(await analysed()).toBe(before + 4)
  })

  test('media that cannot be analysed fails for all who sent it, and is tried once', async () => {
    const file = await picture()
    // The stand-in ends its process for a name with "crash"; that is forgiven once, then the media is condemned.
    const first = await send(file, { name: 'slow crash' })
    const second = await send(file, { name: 'slow later' })
    const [one, two] = [await ended(first.id), await ended(second.id)]
    expect([one.error?.code, two.error?.code]).toEqual(['media_crashed_worker', 'media_crashed_worker'])
    expect(two.startedAt! >= one.finishedAt!).toBe(true)
  })
})
