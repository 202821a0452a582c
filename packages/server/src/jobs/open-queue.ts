import type { Blobs } from '../blobs/blobs.ts'
import type { Database } from '../storage/database.ts'
import { openEmbeddedQueue } from './embedded-queue.ts'
import type { JobQueue, JobQueueOptions } from './job-queue.ts'

/**
 * Opens the queue: on Redis when `redisUrl` is given, on the database otherwise. The queue itself erases media with
 * retention `none` when an analysis ends.
 */
export async function openJobQueue(
  db: Database,
  blobs: Blobs,
  { redisUrl = '', ...options }: JobQueueOptions & { redisUrl?: string } = {},
): Promise<JobQueue> {
  if (!redisUrl) return openEmbeddedQueue(db, blobs, options)
  // Imported on demand: BullMQ takes memory and start-up time.
  const { openRedisQueue } = await import('./redis-queue.ts')
  return openRedisQueue(redisUrl, db, blobs, options)
}
