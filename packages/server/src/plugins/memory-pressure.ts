import { totalmem } from 'node:os'
import underPressure from '@fastify/under-pressure'
import type { FastifyInstance } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import type { Config } from '../config.ts'

/**
 * Watches memory and event loop. Submissions ask `isUnderPressure()` before their body is read; all other requests go
 * on.
 */
export const memoryPressure = fastifyPlugin(async (app: FastifyInstance, options: Config['pressure']) => {
  await app.register(underPressure, {
    maxEventLoopDelay: options.eventLoopMilliseconds,
    maxRssBytes: options.memoryBytes || defaultMemoryBytes(totalmem(), process.constrainedMemory()),
    pressureHandler: () => undefined,
  })
})

/**
 * Three quarters of the memory that this process may use, in bytes. A container has less than its machine, and the
 * kernel kills it when it takes more.
 * @param machine Memory of the machine in bytes
 * @param allowed What the system grants in bytes; 0, or more than the machine has, where it sets no bound
 * @internal
 */
export const defaultMemoryBytes = (machine: number, allowed: number): number =>
  Math.floor(Math.min(machine, allowed || machine) * 0.75)
