import { UnswapError } from '@unswap/contract'
import Type from 'typebox'
import { requireScope } from '../access/caller.ts'
import type { Service } from '../boot/service.ts'
import { isLoopback } from '../fetch/ip-address.ts'
import { pingDatabase } from '../storage/database.ts'
import { listWorkers } from '../storage/worker-store.ts'
import { described, PROBLEMS, type Routes } from './route-schema.ts'

const Ready = Type.Object({
  ready: Type.Boolean(),
  database: Type.Boolean(),
  queue: Type.Boolean(),
  storage: Type.Boolean(),
  proven: Type.Boolean({
    description: 'the models of this process are proven by their goldens; true where it does not analyse',
  }),
  models: Type.Array(Type.String(), { description: 'proven by their goldens in a worker that lives' }),
})

const CHECK_MILLISECONDS = 5000

/** Routes for orchestrators and Prometheus. They are not rate-limited or logged, and probes need no key. */
export const healthRoutes: Routes = async (app, { service }) => {
  const { config, metrics } = service
  const quiet = { logLevel: 'silent' as const, config: { rateLimit: false as const } }

  app.get(
    '/livez',
    {
      ...quiet,
      schema: {
        tags: ['service'],
        operationId: 'getLiveness',
        summary: 'Whether the process answers',
        response: { 200: Type.Object({ alive: Type.Literal(true) }), ...PROBLEMS },
      },
    },
    async () => ({ alive: true }) as const,
  )

  app.get(
    '/readyz',
    {
      ...quiet,
      schema: {
        tags: ['service'],
        operationId: 'getReadiness',
        summary: 'Whether analyses can be done: database, queue, storage, and models proven by their goldens',
        response: { 200: Ready, 503: Ready, ...PROBLEMS },
      },
    },
    async (_request, reply) => {
      const state = await readiness(service)
      return reply.code(state.ready ? 200 : 503).send(state)
    },
  )

  app.get(
    '/metrics',
    {
      ...quiet,
      schema: {
        tags: ['service'],
        operationId: 'getMetrics',
        summary: 'Figures for Prometheus',
        response: described({
          200: {
            description: 'text exposition format',
            content: { 'text/plain': { schema: Type.String() } },
          },
        }),
      },
    },
    async (request, reply) => {
      const { metrics: who } = config.observe
      if (who === 'never') throw new UnswapError('not_found', 'Metrics are switched off.')
      const local =
        who === 'loopback' && isLoopback(request.ip) && request.headers['x-forwarded-for'] === undefined
      if (who !== 'anyone' && !local) requireScope(request.caller, 'admin')
      return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics())
    },
  )
}

/** Whether database, queue and storage answer within five seconds, and models are proven. */
export async function readiness(service: Service): Promise<Type.Static<typeof Ready>> {
  const { db, queue, blobs } = service
  const answers = (check: Promise<unknown>) =>
    Promise.race([
      check.then(() => true),
      new Promise<boolean>((done) => setTimeout(() => done(false), CHECK_MILLISECONDS).unref()),
    ]).catch(() => false)
  const [database, queued, storage] = await Promise.all([
    answers(pingDatabase(db)),
    answers(queue.ping()),
    answers(blobs.ping()),
  ])
  const workers = database ? await listWorkers(db).catch(() => []) : []
  const proven = service.modelsProven()
  const models = [...new Set(workers.flatMap((worker) => worker.models.map(({ id }) => id)))]
  return {
    // `proven` is about this process: other workers may run while this one cannot start, and a rolling update must
    // notice that.
    ready: database && queued && storage && proven && models.length > 0,
    database,
    queue: queued,
    storage,
    proven,
    models,
  }
}
