import { Redis } from 'ioredis'
import { createLocalNotifier, type Notifier } from './notifier.ts'

/** A notifier that rings in every process on the same Redis. A ring lost with the connection is made up by looking again. */
export async function openRedisNotifier(address: string, channel: string): Promise<Notifier> {
  const near = createLocalNotifier()
  const listening = new Redis(address, { maxRetriesPerRequest: null })
  const ringing = new Redis(address, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    lazyConnect: true,
  })
  // Errors are told by the commands and by `ping`; without a listener they would end the process.
  for (const redis of [listening, ringing]) redis.on('error', () => undefined)
  listening.on('message', (_channel, topic: string) => near.notify(topic))
  await Promise.all([listening.subscribe(channel), ringing.connect()])
  return {
    notify(topic) {
      near.notify(topic)
      ringing.publish(channel, topic).catch(() => undefined)
    },
    subscribe: near.subscribe,
    close() {
      near.close()
      listening.disconnect()
      ringing.disconnect()
    },
  }
}
