import { setTimeout as pause } from 'node:timers/promises'
import { sweepExpired, sweepOrphans } from '../storage/retention/sweep.ts'
import { openDeliverer } from '../webhooks/deliver-webhooks.ts'
import type { Service } from './service.ts'

const DELIVERY_SECONDS = 0.5
const ORPHAN_SECONDS = 3600

/** Starts what must be done now and then in every process: erasing what has expired, sending webhooks. */
export function startBackgroundTasks(service: Service): { stop(): Promise<void> } {
  const { db, blobs, config, log } = service
  const stopping = new AbortController()
  const deliverer = openDeliverer(service)
  const { signal } = stopping
  const repeat = async (name: string, seconds: number, work: () => Promise<unknown>) => {
    while (!signal.aborted) {
      // Trouble with a database or a disk passes; the next turn tries again.
      await work().catch((error) => log.error({ err: error, chore: name }, 'chore failed'))
      await pause(seconds * 1000, undefined, { signal }).catch(() => undefined)
    }
  }
  const loops = [
    repeat('sweep', config.retention.sweepSeconds, async () => {
      const swept = await sweepExpired(db, blobs)
      if (swept.expired > 0) log.info(swept, 'erased what had expired')
    }),
    repeat('orphans', ORPHAN_SECONDS, () => sweepOrphans(db, blobs)),
    repeat('webhooks', DELIVERY_SECONDS, () => deliverer.sendDue()),
  ]
  return {
    async stop() {
      stopping.abort()
      await Promise.all(loops)
      await deliverer.settled()
    },
  }
}
