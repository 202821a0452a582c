import type { FastifyInstance } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import type { Redis } from 'ioredis'
import { createCredentialVerifier } from '../access/verify-credential.ts'
import { compatAboutRoutes, compatRoutes } from '../compat/compat-routes.ts'
import { historyRoutes } from '../history/history-routes.ts'
import { apiDocs } from '../plugins/api-docs.ts'
import { authentication } from '../plugins/authentication.ts'
import { bodyParsers } from '../plugins/body-parsers.ts'
import { errorHandler } from '../plugins/error-handler.ts'
import { failedCredentials } from '../plugins/failed-credentials.ts'
import { memoryPressure } from '../plugins/memory-pressure.ts'
import { openBodies } from '../plugins/open-bodies.ts'
import { rateLimits } from '../plugins/rate-limit.ts'
import { requestLog } from '../plugins/request-log.ts'
import { securityHeaders } from '../plugins/security-headers.ts'
import { webSite } from '../plugins/web-site.ts'
import { analysisRoutes } from '../routes/analysis-routes.ts'
import { batchRoutes } from '../routes/batch-routes.ts'
import { deliveryRoutes } from '../routes/delivery-routes.ts'
import { eventRoutes } from '../routes/event-routes.ts'
import { feedbackRoutes } from '../routes/feedback-routes.ts'
import { fileRoutes } from '../routes/file-routes.ts'
import { healthRoutes } from '../routes/health-routes.ts'
import { keyRoutes } from '../routes/key-routes.ts'
import { modelRoutes } from '../routes/model-routes.ts'
import { sessionRoutes } from '../routes/session-routes.ts'
import { signInRoutes } from '../routes/sign-in-routes.ts'
import { signingKeyRoutes } from '../routes/signing-key-routes.ts'
import { statsRoutes } from '../routes/stats-routes.ts'
import { submissionRoutes } from '../routes/submission-routes.ts'
import { createFastify } from './create-fastify.ts'
import type { Service } from './service.ts'

/** Builds the HTTP side of the service. It answers `inject` at once, and a socket after `listen`. */
export async function buildApp(service: Service): Promise<FastifyInstance> {
  const { config, metrics, version } = service
  const app = createFastify(service)

  await app.register(errorHandler)
  await app.register(requestLog, { metrics })
  await app.register(securityHeaders, config.http)
  const redis = await openCounter(config.queue.redisUrl)
  if (redis) app.addHook('onClose', async () => redis.disconnect())
  await app.register(access, { service, redis })
  await app.register(memoryPressure, config.pressure)
  await app.register(openBodies, config.pressure)
  await app.register(bodyParsers, config.http)
  await app.register(apiDocs, { version })

  const v1 = { service, prefix: '/api/v1' }
  for (const routes of [
    submissionRoutes,
    analysisRoutes,
    historyRoutes,
    fileRoutes,
    eventRoutes,
    deliveryRoutes,
    feedbackRoutes,
    batchRoutes,
    modelRoutes,
    statsRoutes,
    keyRoutes,
    signingKeyRoutes,
    sessionRoutes,
    signInRoutes,
  ]) {
    await app.register(routes, v1)
  }
  await app.register(healthRoutes, { service })
  if (config.compat.enabled) {
    await app.register(compatAboutRoutes, { service, prefix: '/api' })
    await app.register(compatRoutes, { service, prefix: '/api' })
    await app.register(compatRoutes, { service, prefix: '/' })
  }
  await app.register(webSite, { folder: config.webDir })
  return app
}

/** The HTTP side of a process that only works: routes for probes and Prometheus. */
export async function buildProbeApp(service: Service): Promise<FastifyInstance> {
  const app = createFastify(service)
  await app.register(errorHandler)
  await app.register(access, { service, redis: null })
  await app.register(healthRoutes, { service })
  return app
}

/** Authentication, and the limits on requests and on failed credentials. */
const access = fastifyPlugin(
  async (app: FastifyInstance, { service, redis }: { service: Service; redis: Redis | null }) => {
    const { config, db } = service
    const { requestsPerMinute, failuresPerMinute } = config.access
    await app.register(rateLimits, { requestsPerMinute, redis })
    await app.register(failedCredentials, {
      verify: createCredentialVerifier(db, config.access),
      failuresPerMinute,
    })
    await app.register(authentication, { config })
  },
)

/**
 * The Redis that counts requests for all processes together; null without Redis. Imported on demand, for most
 * services have one process.
 */
async function openCounter(redisUrl: string): Promise<Redis | null> {
  if (redisUrl === '') return null
  const { Redis } = await import('ioredis')
  const redis = new Redis(redisUrl, { maxRetriesPerRequest: 1 })
  // While Redis is away nobody is limited (`skipOnError`). Readiness and the queue report that it is away.
  redis.on('error', () => undefined)
  return redis
}
