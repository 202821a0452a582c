import type { Blobs } from '../blobs/blobs.ts'
import type { Database } from '../storage/database.ts'
import { openEmbeddedQueue } from './embedded-queue.ts'
import type { JobQueue, JobQueueOptions } from './job-queue.ts'

/**
 * The queue of the service: on Redis when an address is given, on the database otherwise. Media of analyses that end with retention `none` are erased by the queue itself.
 */
export async function openJobQueue(
  db: Database,
  blobs: Blobs,
  { redisUrl = '', ...options }: JobQueueOptions & { redisUrl?: string } = {},
): Promise<JobQueue> {
  if (!redisUrl) return openEmbeddedQueue(db, blobs, options)
  // Loaded when it is used: BullMQ costs memory and time at the start.
  const { openRedisQueue } = await import('./redis-queue.ts')
  return openRedisQueue(redisUrl, db, blobs, options)
}
