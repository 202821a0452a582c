import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sampleAnalysis } from '../storage/sample-analysis.ts'
import { QUEUES, type QueueGround } from './queues.ts'

let ground: QueueGround
beforeAll(async () => {
  ground = await QUEUES[2]![1]()
})
afterAll(() => ground.stop())

test('a Redis that has forgotten everything costs no job', async () => {
  const queue = await ground.open()
  const ids: string[] = []
  for (let index = 0; index < 5; index++) {
    const analysis = sampleAnalysis()
    ids.push(analysis.id)
    await queue.enqueue(analysis)
  }
  const redis = new Redis(ground.redisUrl)
  await redis.flushall()
  redis.disconnect()
  expect(await queue.take('worker')).toBeNull()
  await queue.reconcile()
  const taken: (string | undefined)[] = []
  for (let index = 0; index < 5; index++) taken.push((await queue.take('worker'))?.analysisId)
  expect(taken.sort()).toEqual(ids.sort())
  await queue.close()
})
