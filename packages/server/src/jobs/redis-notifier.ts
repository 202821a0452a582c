import { Redis } from 'ioredis'
import { createLocalNotifier, type Notifier } from './notifier.ts'

/**
 * A notifier that reaches every process on the same Redis. Notifications lost with the connection are made up for by
 * polling.
 */
export async function openRedisNotifier(address: string, channel: string): Promise<Notifier> {
  const near = createLocalNotifier()
  const listening = new Redis(address, { maxRetriesPerRequest: null })
  const ringing = new Redis(address, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    lazyConnect: true,
  })
  // Errors show in the commands and in `ping`. Without a listener they would end the process.
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
