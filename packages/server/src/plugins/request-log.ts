import type { FastifyInstance } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import type { Metrics } from '../metrics.ts'

/**
 * Writes one log line and one measurement per answer. It uses the route, not the URL, which may hold names or tokens.
 */
export const requestLog = fastifyPlugin(async (app: FastifyInstance, { metrics }: { metrics: Metrics }) => {
  app.addHook('onResponse', async (request, reply) => {
    const { method } = request
    const route = request.routeOptions.url ?? 'none'
    const { statusCode: status, elapsedTime } = reply
    metrics.recordRequest(route, method, status, elapsedTime / 1000)
    const caller = request.caller?.kind ?? 'none'
    request.log.info({ method, route, status, ms: Math.round(elapsedTime), caller }, 'answered')
  })
})
