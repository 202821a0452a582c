import type { Blobs } from '../blobs/blobs.ts'
import type { Database } from '../storage/database.ts'
import { openEmbeddedQueue } from './embedded.ts'
import type { Queue, QueueOptions } from './queue.ts'
import { openRedisQueue } from './redis.ts'

/**
 * The queue of the service: on Redis when an address is given, on the database otherwise. `name` separates services
 * that share one Redis. Media of analyses that end with retention `none` are erased by the queue itself.
 */
export async function openQueue(
  db: Database,
  blobs: Blobs,
  { redisUrl = '', ...options }: QueueOptions & { redisUrl?: string; name?: string } = {},
): Promise<Queue> {
  return redisUrl ? openRedisQueue(redisUrl, db, blobs, options) : openEmbeddedQueue(db, blobs, options)
}
