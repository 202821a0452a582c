import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { findProgram, freePort, type RunningService, startProgram, stopProgram } from './run-program.ts'

/** A Redis of its own on loopback that keeps nothing. */
export async function startRedis(): Promise<RunningService> {
  const program = findProgram('redis-server', ['/usr/bin'], 'apt-get install -y redis-server')
  const folder = await mkdtemp(join(tmpdir(), 'unswap-redis-'))
  try {
    const port = await freePort()
    const address = `redis://127.0.0.1:${port}`
    const settings = ['--bind', '127.0.0.1', '--port', `${port}`, '--dir', folder, '--save', '']
    const child = await startProgram([program, ...settings, '--appendonly', 'no'], () => ping(address))
    return {
      address,
      async stop() {
        await stopProgram(child, 'SIGTERM')
        await rm(folder, { recursive: true, force: true })
      },
    }
  } catch (thrown) {
    await rm(folder, { recursive: true, force: true })
    throw thrown
  }
}

async function ping(address: string): Promise<void> {
  const redis = new Redis(address, { lazyConnect: true, retryStrategy: () => null })
  redis.on('error', () => undefined)
  try {
    await redis.connect()
    await redis.ping()
  } finally {
    redis.disconnect()
  }
}
