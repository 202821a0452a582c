import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import type { Redis } from 'ioredis'
import { networkOf } from '../fetch/ip-address.ts'
import { Refusal } from '../to-problem.ts'

export interface RateOptions {
  /** Requests a minute of one caller; 0 for no limit. */
  readonly requestsPerMinute: number
  /** Counts for all processes; without it each process counts its own. */
  readonly redis: Redis | null
}

/** The key of the counter: the caller for keys and users, the network for all others. */
export const rateLimitKey = (request: FastifyRequest): string =>
  request.caller && request.caller.kind !== 'anonymous' ? request.caller.id : networkOf(request.ip)

/** Limits the requests of one caller; probes and scrapes are not counted. */
export const rateLimits = fastifyPlugin(async (app: FastifyInstance, options: RateOptions) => {
  const bound = (request: FastifyRequest) => request.caller?.requestsPerMinute ?? options.requestsPerMinute
  await app.register(rateLimit, {
    global: true,
    max: (request) => bound(request),
    timeWindow: 60_000,
    cache: 10_000,
    keyGenerator: rateLimitKey,
    allowList: (request) => bound(request) === 0,
    enableDraftSpec: true,
    skipOnError: true,
    ...(options.redis ? { redis: options.redis, nameSpace: 'unswap:rate:' } : {}),
    errorResponseBuilder: (_request, context) =>
      new Refusal(
        'rate_limited',
        `At most ${context.max} requests a minute are answered; wait and try again.`,
        {
          retryAfterSeconds: context.ttl / 1000,
        },
      ),
  })
})
