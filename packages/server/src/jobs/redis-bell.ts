import { Redis } from 'ioredis'
import { type Bell, createBell } from './bell.ts'

/** A bell that rings in every process on the same Redis. A ring lost with the connection is made up by looking again. */
export async function openRedisBell(address: string, channel: string): Promise<Bell> {
  const near = createBell()
  const listening = new Redis(address, { maxRetriesPerRequest: null })
  const ringing = new Redis(address, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    lazyConnect: true,
  })
  // Errors are told by the commands and by `ping`; without a listener they would end the process.
  for (const redis of [listening, ringing]) redis.on('error', () => undefined)
  listening.on('message', (_channel, topic: string) => near.ring(topic))
  await Promise.all([listening.subscribe(channel), ringing.connect()])
  return {
    ring(topic) {
      near.ring(topic)
      ringing.publish(channel, topic).catch(() => undefined)
    },
    listen: near.listen,
    close() {
      near.close()
      listening.disconnect()
      ringing.disconnect()
    },
  }
}
