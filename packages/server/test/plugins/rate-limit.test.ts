import { afterAll, beforeAll, expect, test } from 'vitest'
import { runTestService, type TestService } from '../running/test-service.ts'
import { startRedis } from '../services/start-redis.ts'

let redis: Awaited<ReturnType<typeof startRedis>>
let services: TestService[] = []
beforeAll(async () => {
  redis = await startRedis()
  const config = { queue: { redisUrl: redis.address }, access: { requestsPerMinute: 10 } }
  services = [await runTestService({ work: false, config }), await runTestService({ work: false, config })]
})
afterAll(async () => {
  await Promise.all(services.map((service) => service.close()))
  await redis.stop()
})

const ask = (service: TestService, remoteAddress = '127.0.0.1') =>
  service.app.inject({ url: '/api/v1/limits', remoteAddress })

test('two services on one Redis count the requests of a caller together', async () => {
  const statuses: number[] = []
  for (let at = 0; at < 12; at++) statuses.push((await ask(services[at % 2]!)).statusCode)
  expect(statuses).toEqual([...Array(10).fill(200), 429, 429])
  const refused = await ask(services[0]!)
  expect(refused.json()).toMatchObject({ code: 'rate_limited', retryable: true })
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
  expect((await ask(services[1]!, '127.0.0.2')).statusCode).toBe(200)
})

test('a Redis that is gone stops the counting, not the service', async () => {
  await redis.stop()
  for (const service of services) expect((await ask(service)).statusCode).toBe(200)
})
