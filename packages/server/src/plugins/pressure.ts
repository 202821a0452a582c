import { totalmem } from 'node:os'
import underPressure from '@fastify/under-pressure'
import type { FastifyInstance } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import type { Config } from '../config.ts'

/** Watches memory and the event loop; submissions ask `isUnderPressure()` before they read a body, and all else goes on. */
export const pressure = fastifyPlugin(async (app: FastifyInstance, options: Config['pressure']) => {
  await app.register(underPressure, {
    maxEventLoopDelay: options.eventLoopMilliseconds,
    maxRssBytes: options.memoryBytes || Math.floor(totalmem() * 0.75),
    pressureHandler: () => undefined,
  })
})
