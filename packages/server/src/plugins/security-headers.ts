import cors from '@fastify/cors'
import helmet from '@fastify/helmet'
import { UnswapError } from '@unswap/contract'
import type { FastifyInstance } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import type { Config } from '../config.ts'

/**
 * Sets security headers on every answer, and opens CORS to configured origins only. The content policy allows the
 * service's own files; pictures and videos may also be blob: and data: URLs.
 */
export const securityHeaders = fastifyPlugin(async (app: FastifyInstance, http: Config['http']) => {
  const secure = http.publicUrl.startsWith('https://')
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        mediaSrc: ["'self'", 'blob:'],
        connectSrc: ["'self'"],
        fontSrc: ["'self'"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    hsts: secure ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    referrerPolicy: { policy: 'no-referrer' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
  })
  await app.register(cors, {
    origin: [...http.corsOrigins],
    methods: ['GET', 'POST', 'DELETE'],
    exposedHeaders: [
      'location',
      'preference-applied',
      'content-disposition',
      'content-range',
      'retry-after',
      'ratelimit-limit',
      'ratelimit-remaining',
      'ratelimit-reset',
      'x-request-id',
    ],
    maxAge: 3600,
  })
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
    // No id or filter contains NUL, and PostgreSQL rejects it.
    if (request.url.includes('%00'))
      throw new UnswapError('body_malformed', 'The address holds a NUL character.')
    // Answers of the API are private. Routes whose answers may be cached override this.
    if (request.url.startsWith('/api/')) reply.header('cache-control', 'no-store')
  })
})
