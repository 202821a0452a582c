import { expect, test } from 'vitest'
import { form, picture, runTestService } from '../running/test-service.ts'

const list = '/api/v1/analyses'

test('quotas bound what a key sends in a day, and the rate what it asks in a minute', async () => {
  const closed = await runTestService({
    work: false,
    config: { access: { anonymous: 'never', requestsPerMinute: 50, analysesPerDay: 2 } },
  })
  const headers = await closed.key('analyze', 'read')
  const send = async () =>
    closed.app.inject({ method: 'POST', url: list, headers, payload: form({ file: await picture() }) })
  expect([(await send()).statusCode, (await send()).statusCode]).toEqual([202, 202])
  const third = await send()
  expect([third.statusCode, third.json().code, third.headers['retry-after']]).toEqual([
    429,
    'quota_exceeded',
    expect.stringMatching(/^86[34]\d\d$/),
  ])
  // What was deleted was sent all the same.
  const { items } = (await closed.app.inject({ url: list, headers })).json()
  for (const { links } of items) await closed.app.inject({ method: 'DELETE', url: links.self, headers })
  expect((await send()).statusCode).toBe(429)
  const limits = (await closed.app.inject({ url: '/api/v1/limits', headers })).json()
  expect([limits.analysesPerDay, limits.analysesLeft]).toEqual([2, 0])
  const other = await closed.key('read')
  const many = await Promise.all(
    Array.from({ length: 60 }, () => closed.app.inject({ url: list, headers: other })),
  )
  const refused = many.filter(({ statusCode }) => statusCode === 429)
  expect(refused.length).toBe(10)
  expect(refused[0]?.json()).toMatchObject({ code: 'rate_limited', retryable: true })
  expect(Number(refused[0]?.headers['retry-after'])).toBeGreaterThan(0)
  const another = await closed.app.inject({ url: list, headers: await closed.key('read') })
  expect(another.statusCode).toBe(200)
  await closed.close()
})

test('callers without a key have a quota by address', async () => {
  const open = await runTestService({
    work: false,
    config: { access: { anonymous: 'anyone', analysesPerDay: 1 } },
  })
  const send = async (remoteAddress: string) => {
    const payload = form({ file: await picture() })
    return (await open.app.inject({ method: 'POST', url: list, remoteAddress, payload })).statusCode
  }
  expect([await send('192.0.2.1'), await send('192.0.2.1'), await send('192.0.2.2')]).toEqual([202, 429, 202])
  await open.close()
})

test('a full queue refuses before it reads', async () => {
  const small = await runTestService({ work: false, config: { queue: { most: 1 } } })
  const send = async () =>
    small.app.inject({ method: 'POST', url: list, payload: form({ file: await picture() }) })
  expect((await send()).statusCode).toBe(202)
  const full = await send()
  expect([full.statusCode, full.json().code]).toEqual([503, 'overloaded'])
  expect(Number(full.headers['retry-after'])).toBeGreaterThan(0)
  await small.close()
})
