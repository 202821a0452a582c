import { repeatUntil } from '../repeat-until.ts'
import { sweepExpired, sweepOrphans } from '../storage/retention/sweep.ts'
import { openDeliverer } from '../webhooks/deliver-webhooks.ts'
import type { Service } from './service.ts'

const DELIVERY_SECONDS = 0.5
const ORPHAN_SECONDS = 3600

/** Starts what every process repeats at intervals: erasing what has expired, removing orphans, sending webhooks. */
export function startBackgroundTasks(service: Service): { stop(): Promise<void> } {
  const { db, blobs, config, log } = service
  const stopping = new AbortController()
  const deliverer = openDeliverer(service)
  const every = (name: string, seconds: number, work: () => Promise<unknown>) =>
    repeatUntil(stopping.signal, work, {
      everyMs: seconds * 1000,
      onError: (error) => log.error({ err: error, task: name }, 'background task failed'),
    })
  const loops = [
    every('sweep', config.retention.sweepSeconds, async () => {
      const swept = await sweepExpired(db, blobs)
      if (swept.expired > 0) log.info(swept, 'erased what had expired')
    }),
    every('orphans', ORPHAN_SECONDS, () => sweepOrphans(db, blobs)),
    every('webhooks', DELIVERY_SECONDS, () => deliverer.sendDue()),
  ]
  return {
    async stop() {
      stopping.abort()
      await Promise.all(loops)
      await deliverer.settled()
    },
  }
}
