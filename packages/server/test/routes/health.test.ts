import { afterEach, expect, test } from 'vitest'
import { reportWorker } from '../../src/storage/worker-store.ts'
import { runTestService, type TestService } from '../running/test-service.ts'
import { MODEL } from '../storage/sample-analysis.ts'

let running: TestService
afterEach(() => running.close())

const readiness = async () => {
  const { statusCode, body } = await running.app.inject('/readyz')
  return [statusCode, JSON.parse(body)]
}
const anotherLives = () =>
  reportWorker(running.service.db, {
    id: 'another',
    host: 'elsewhere',
    concurrency: 1,
    running: 0,
    models: [MODEL],
    startedAt: Date.now(),
  })

test('a process that analyses is ready once its own models are proven, however many others live', async () => {
  running = await runTestService({ work: false })
  await anotherLives()
  expect(await readiness()).toEqual([
    503,
    { ready: false, database: true, queue: true, storage: true, proven: false, models: [MODEL.id] },
  ])
  running.service.setModelsProven(() => true)
  expect(await readiness()).toEqual([200, expect.objectContaining({ ready: true, proven: true })])
})

test('one that does not analyse is ready once somebody does', async () => {
  running = await runTestService({ work: false, config: { role: 'api' } })
  expect(await readiness()).toEqual([503, expect.objectContaining({ proven: true, models: [] })])
  await anotherLives()
  expect(await readiness()).toEqual([200, expect.objectContaining({ ready: true })])
})
