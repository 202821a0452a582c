import { ModelList, ServiceLimits } from '@unswap/contract'
import { requireScope } from '../access/caller.ts'
import { quotaLeft } from '../analyses/quota.ts'
import { MEDIA_TYPES } from '../intake/media-types.ts'
import { listWorkers } from '../storage/worker-store.ts'
import { toModel } from './present-model.ts'
import { PROBLEMS, type Routes } from './route-schema.ts'

/** The models of the service, and its limits. */
export const modelRoutes: Routes = async (app, { service }) => {
  const { config, db, catalog, version } = service

  app.get(
    '/models',
    {
      schema: {
        tags: ['service'],
        operationId: 'listModels',
        summary: 'The classifiers, their calibration and their model cards',
        response: { 200: ModelList, ...PROBLEMS },
      },
    },
    async (request) => {
      requireScope(request.caller, 'read')
      const workers = await listWorkers(db)
      const running = workers.flatMap((worker) => worker.models)
      const items = catalog.map((entry) =>
        toModel(entry, running.find(({ id }) => id === entry.manifest.id)?.variant),
      )
      return { version, items }
    },
  )

  app.get(
    '/limits',
    {
      schema: {
        tags: ['service'],
        operationId: 'getLimits',
        summary: 'What to check before an upload',
        response: { 200: ServiceLimits, ...PROBLEMS },
      },
    },
    async (request) => {
      const { bytes, pixels, durationSeconds, frames, seconds } = config.limits
      const requests = request.caller?.requestsPerMinute ?? config.access.requestsPerMinute
      const analyses = request.caller?.analysesPerDay ?? config.access.analysesPerDay
      const left = await quotaLeft(service, request)
      return {
        media: { bytes, pixels, durationSeconds, frames, seconds },
        accepts: Object.values(MEDIA_TYPES),
        requestsPerMinute: requests || null,
        analysesPerDay: analyses || null,
        ...(left !== null && { analysesLeft: left }),
        filesPerBatch: config.limits.batchFiles,
        waitSeconds: config.http.waitSeconds,
        urlFetch: config.fetch.enabled,
        retention: {
          default: config.retention.default,
          longestHours: config.retention.longestHours || null,
          keep: config.retention.keep,
        },
      }
    },
  )
}
