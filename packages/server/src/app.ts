import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import { type TypeBoxTypeProvider, TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox'
import { UnswapError } from '@unswap/contract'
import fastify, { type FastifyInstance, type FastifyReply, LogController } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import type { Redis } from 'ioredis'
import { credentialVerifier } from './access/verify.ts'
import { compat, compatAbout } from './compat/routes.ts'
import { attempts } from './plugins/attempts.ts'
import { bodies } from './plugins/bodies.ts'
import { docs } from './plugins/docs.ts'
import { errors } from './plugins/errors.ts'
import { identity } from './plugins/identity.ts'
import { observe } from './plugins/observe.ts'
import { pressure } from './plugins/pressure.ts'
import { rate } from './plugins/rate.ts'
import { security } from './plugins/security.ts'
import { site } from './plugins/site.ts'
import { toProblem } from './problem.ts'
import { analyses } from './routes/analyses.ts'
import { batches } from './routes/batches.ts'
import { deliveries } from './routes/deliveries.ts'
import { events } from './routes/events.ts'
import { feedback } from './routes/feedback.ts'
import { files } from './routes/files.ts'
import { health } from './routes/health.ts'
import { keys } from './routes/keys.ts'
import { models } from './routes/models.ts'
import { session } from './routes/session.ts'
import { signIn } from './routes/sign-in.ts'
import { signingKeys } from './routes/signing-keys.ts'
import { stats } from './routes/stats.ts'
import { submissions } from './routes/submissions.ts'
import type { Service } from './service.ts'

const REQUEST_ID = /^[A-Za-z0-9._-]{8,64}$/

/** Builds the HTTP side of the service; it answers by `inject` at once, and on a socket after `listen`. */
export async function buildApp(service: Service): Promise<FastifyInstance> {
  const { config, metrics, version } = service
  const app = createFastify(service)

  await app.register(errors)
  await app.register(observe, { metrics })
  await app.register(security, config.http)
  const redis = await openCounter(config.queue.redisUrl)
  if (redis) app.addHook('onClose', async () => redis.disconnect())
  await app.register(access, { service, redis })
  await app.register(pressure, config.pressure)
  await app.register(bodies, config.http)
  await app.register(docs, { version })

  const v1 = { service, prefix: '/api/v1' }
  for (const routes of [
    submissions,
    analyses,
    files,
    events,
    deliveries,
    feedback,
    batches,
    models,
    stats,
    keys,
  ]) {
    await app.register(routes, v1)
  }
  await app.register(signingKeys, v1)
  await app.register(session, v1)
  await app.register(signIn, v1)
  await app.register(health, { service })
  if (config.compat.enabled) {
    await app.register(compatAbout, { service, prefix: '/api' })
    await app.register(compat, { service, prefix: '/api' })
    await app.register(compat, { service, prefix: '/' })
  }
  await app.register(site, { folder: config.webDir })
  return app
}

/** The HTTP side of a process that only works: what probes and Prometheus ask. */
export async function buildProbes(service: Service): Promise<FastifyInstance> {
  const app = createFastify(service)
  await app.register(errors)
  await app.register(access, { service, redis: null })
  await app.register(health, { service })
  return app
}

/** Who asks, and how often they may, right and wrong. */
const access = fastifyPlugin(
  async (app: FastifyInstance, { service, redis }: { service: Service; redis: Redis | null }) => {
    const { config, db } = service
    const { requestsPerMinute, failuresPerMinute } = config.access
    await app.register(rate, { requestsPerMinute, redis })
    await app.register(attempts, { verify: credentialVerifier(db, config.access), failuresPerMinute })
    await app.register(identity, { config })
  },
)

/** Where requests are counted for all processes together; loaded on demand, for most services are one process. */
async function openCounter(redisUrl: string): Promise<Redis | null> {
  if (redisUrl === '') return null
  const { Redis } = await import('ioredis')
  const redis = new Redis(redisUrl, { maxRetriesPerRequest: 1 })
  // Without a counter nobody is bounded until it is back; readiness and the queue tell that Redis is gone.
  redis.on('error', () => undefined)
  return redis
}

function createFastify({ config, log }: Service) {
  const { http } = config
  const app = fastify({
    loggerInstance: log,
    // One line of our own for each answer: see plugins/observe.ts.
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: http.trustedProxies.length > 0 ? [...http.trustedProxies] : false,
    genReqId: ({ headers }) => {
      const given = headers['x-request-id']
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID()
    },
    requestTimeout: http.uploadSeconds * 1000,
    keepAliveTimeout: 72_000,
    http: { headersTimeout: 20_000 },
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 512 },
    frameworkErrors: (error, request, reply) => {
      const malformed = new UnswapError('body_malformed', 'The address is malformed; percent-encode it.', {
        cause: error,
      })
      const problem = toProblem(malformed, request.id)
      const answer = reply as unknown as FastifyReply
      void answer.code(problem.status).type('application/problem+json').send(problem)
    },
    clientErrorHandler: answerGarbage,
  }).withTypeProvider<TypeBoxTypeProvider>()
  app.setValidatorCompiler(TypeBoxValidatorCompiler)
  // Answers are built field by field and checked against their schemas by the tests; unions of objects are what
  // compiled serialisers are slow at and wrong about.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data))
  return app as unknown as FastifyInstance
}

/** Answers what is not even HTTP, or came too slowly to become a request. */
function answerGarbage(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const slow = error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
  const large = error.code === 'HPE_HEADER_OVERFLOW'
  const problem = toProblem(
    slow
      ? new UnswapError('body_timeout', 'The request was too slow; send it again.')
      : new UnswapError(
          'body_malformed',
          large ? 'The headers are too large.' : 'This is not a valid HTTP request.',
        ),
  )
  const body = JSON.stringify(problem)
  const status = slow ? '408 Request Timeout' : '400 Bad Request'
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  )
}
