import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JobQueue } from '../../src/jobs/job-queue.ts'
import { QUEUES, type QueueGround } from '../jobs/queues.ts'
import { sampleAnalysis } from '../storage/sample-analysis.ts'
import type { WorkerProcess } from './worker-process.ts'

const PROGRAM = fileURLToPath(new URL('./worker-process.ts', import.meta.url))
const JOBS = 500
const WORKERS = 2
const KILLS_EACH = 3

/** A worker that has begun to take jobs. */
async function startWorker({ databaseUrl, redisUrl, folder, leaseMs }: WorkerProcess): Promise<ChildProcess> {
  const options = JSON.stringify({ databaseUrl, redisUrl, folder, leaseMs })
  const worker = spawn(process.execPath, [PROGRAM, options], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(worker.stdout!, 'data')
  return worker
}

async function endWorker(worker: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const ended = once(worker, 'exit')
  worker.kill(signal)
  await ended
}

describe.each(QUEUES)('%s', (_, openGround) => {
  let ground: QueueGround
  let queue: JobQueue
  let workers: ChildProcess[] = []
  beforeAll(async () => {
    ground = await openGround()
    queue = await ground.open({ leaseMs: 1500, attempts: 50 })
  })
  afterAll(async () => {
    await Promise.all(workers.map((worker) => endWorker(worker, 'SIGTERM')))
    await queue.close()
    await ground.stop()
  })

  test(`${JOBS} jobs, workers killed at random: each completes exactly once, none is lost`, async () => {
    const { db, blobs } = ground
    for (let index = 0; index < JOBS; index++) {
      const analysis = sampleAnalysis({
        owner: `key:${index % 7}`,
        retention: index % 5 === 0 ? 'none' : 'keep',
        webhook: { url: 'https://example.org/' },
      })
      await blobs.put(analysis.mediaBlob, Buffer.from(`wait ${40 + (index % 60)}`))
      await queue.enqueue(analysis)
    }

    let interrupted = 0
    workers = await Promise.all(
      Array.from({ length: WORKERS }, async () => {
        for (let kill = 0; kill < KILLS_EACH; kill++) {
          const worker = await startWorker({ ...ground, leaseMs: 1500 })
          await pause(100 + Math.random() * 500)
          interrupted += (await queue.stats()).running
          await endWorker(worker, 'SIGKILL')
        }
        return startWorker({ ...ground, leaseMs: 1500 })
      }),
    )
    expect(interrupted).toBeGreaterThan(0)
    for (let left = JOBS; left > 0; ) {
      await pause(100)
      const { queued, running } = await queue.stats()
      left = queued + running
    }

    const states = await db
      .selectFrom('analyses')
      .select(['state', sql<number>`count(*)`.as('count'), sql<number>`max(attempts)`.as('most')])
      .groupBy('state')
      .execute()
    expect(states).toEqual([{ state: 'completed', count: JOBS, most: expect.any(Number) }])
    expect(states[0]!.most).toBeGreaterThan(1)
    // One report and one webhook for each: both are inserted by whoever ends a job, and by nobody else.
    for (const table of ['reports', 'webhook_deliveries'] as const) {
      const rows = await db.selectFrom(table).select('analysis_id').execute()
      expect(new Set(rows.map((row) => row.analysis_id)).size).toBe(JOBS)
      expect(rows).toHaveLength(JOBS)
    }
    const evidence = await db.selectFrom('evidence').select('blob').execute()
    expect(evidence).toHaveLength(JOBS - JOBS / 5)
    for (const { blob } of evidence) expect(await blobs.size(blob)).toBeGreaterThan(0)
  }, 120_000)
})
