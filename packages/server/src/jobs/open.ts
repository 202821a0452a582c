import type { Blobs } from '../blobs/blobs.ts'
import type { Database } from '../storage/database.ts'
import { openEmbeddedQueue } from './embedded.ts'
import type { Queue, QueueOptions } from './queue.ts'

/**
 * The queue of the service: on Redis when an address is given, on the database otherwise. `name` separates services
 * that share one Redis. Media of analyses that end with retention `none` are erased by the queue itself.
 */
export async function openQueue(
  db: Database,
  blobs: Blobs,
  { redisUrl = '', ...options }: QueueOptions & { redisUrl?: string; name?: string } = {},
): Promise<Queue> {
  if (!redisUrl) return openEmbeddedQueue(db, blobs, options)
  // Loaded when it is used: BullMQ costs memory and time at the start.
  const { openRedisQueue } = await import('./redis.ts')
  return openRedisQueue(redisUrl, db, blobs, options)
}
