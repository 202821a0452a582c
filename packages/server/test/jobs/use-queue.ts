import { setTimeout as pause } from 'node:timers/promises'
import type { Progress } from '@unswap/contract'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { hashModels } from '../../src/deduplication/deduplication-key.ts'
import type { Completion, JobQueue, JobQueueOptions, Lease } from '../../src/jobs/job-queue.ts'
import type { NewAnalysis } from '../../src/storage/analyses/analysis-record.ts'
import { findAnalysis } from '../../src/storage/analyses/analysis-store.ts'
import { MODEL, sampleAnalysis, sampleReport } from '../storage/sample-analysis.ts'
import type { QueueGround } from './queues.ts'

/** Progress as a worker reports it. */
export const PROGRESS: Progress = {
  stage: 'scoring',
  frames: 3,
  framesTotal: 6,
  share: 0.5,
  faces: 1,
  highestScore: 0.25,
}

/** How an analysis ends that went well. */
export const completion = (): Completion => ({
  report: sampleReport(),
  modelsHash: hashModels([MODEL]),
  timings: { total: 1 },
  evidence: [],
})

/** A failure that may pass. */
export const BROKEN = { code: 'decoder_failed', message: 'broken', retryable: true } as const

/** Opens a queue before the tests of a block, empties it before each, and hands out what they do with it. */
export function useQueue(openGround: () => Promise<QueueGround>) {
  const opened: JobQueue[] = []
  const used = {} as { ground: QueueGround; queue: JobQueue }
  const open = async (options?: JobQueueOptions) => {
    const queue = await used.ground.open(options)
    opened.push(queue)
    return queue
  }

  beforeAll(async () => {
    used.ground = await openGround()
    used.queue = await open()
    await used.queue.ping()
  })
  afterAll(async () => {
    for (const one of opened) await one.close()
    await used.ground.stop()
  })
  beforeEach(async () => {
    const { db } = used.ground
    for (const { id } of await db.selectFrom('analyses').select('id').execute()) await used.queue.cancel(id)
    await db.deleteFrom('analyses').execute()
  })

  const enqueue = async (change: Partial<NewAnalysis> = {}) => {
    const analysis = sampleAnalysis(change)
    await used.ground.blobs.put(analysis.mediaBlob, Buffer.from('media'))
    await used.queue.enqueue(analysis)
    return analysis.id
  }
  /** The next job, waited for when a pause or another queue’s reaction lies between. */
  const take = async (from = used.queue, worker = 'worker'): Promise<Lease> => {
    for (let tries = 0; tries < 200; tries++) {
      const lease = await from.take(worker)
      if (lease) return lease
      await pause(25)
    }
    throw new Error('nothing to take')
  }
  const drain = async (count: number) => {
    const taken: Lease[] = []
    while (taken.length < count) taken.push(await take())
    return taken
  }
  const stateOf = async (id: string) => (await findAnalysis(used.ground.db, id))!.state
  return { used, open, enqueue, take, drain, stateOf }
}
