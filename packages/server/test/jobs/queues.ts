import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Blobs } from '../../src/blobs/blobs.ts'
import { openFolderBlobs } from '../../src/blobs/folder-blobs.ts'
import type { JobQueue, JobQueueOptions } from '../../src/jobs/job-queue.ts'
import { openJobQueue } from '../../src/jobs/open-queue.ts'
import type { Database } from '../../src/storage/database.ts'
import { startRedis } from '../services/start-redis.ts'
import { ENGINES } from '../storage/engines.ts'

/** What a test of the queue stands on; `open` may be called more than once, as by several processes. */
export interface QueueGround {
  readonly db: Database
  readonly blobs: Blobs
  readonly folder: string
  /** What another process needs to open the same. */
  readonly databaseUrl: string
  readonly redisUrl: string
  open(options?: JobQueueOptions): Promise<JobQueue>
  stop(): Promise<void>
}

async function ground(engine: (typeof ENGINES)[number], redis: boolean): Promise<QueueGround> {
  const database = await engine[1]()
  const service = redis ? await startRedis() : null
  const folder = await mkdtemp(join(tmpdir(), 'unswap-queue-'))
  const blobs = await openFolderBlobs(join(folder, 'blobs'))
  const redisUrl = service?.address ?? ''
  return {
    db: database.db,
    blobs,
    folder,
    databaseUrl: database.address,
    redisUrl,
    open: (options = {}) => openJobQueue(database.db, blobs, { ...options, redisUrl }),
    async stop() {
      await database.stop()
      await service?.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Every queue, over every database that it is meant to stand on. */
export const QUEUES: readonly [string, () => Promise<QueueGround>][] = [
  ['the embedded queue on SQLite', () => ground(ENGINES[0]!, false)],
  ['the embedded queue on PostgreSQL', () => ground(ENGINES[1]!, false)],
  ['BullMQ on Redis with PostgreSQL', () => ground(ENGINES[1]!, true)],
]
