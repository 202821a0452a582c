import { Stats, StatsQuery } from '@unswap/contract'
import { ownerFilter, requireScope } from '../access/caller.ts'
import { analysisStats } from '../storage/analyses/analysis-stats.ts'
import { PROBLEMS, type Routes } from './route-schema.ts'

/** Seconds per step of the chart; longer spans get longer steps. */
const bucketOf = (hours: number): number =>
  hours <= 6 ? 300 : hours <= 48 ? 3600 : hours <= 24 * 14 ? 21_600 : 86_400

/**
 * The queue of the whole service, and figures of what the caller may see. Figures of all would reveal the verdicts of
 * others on a quiet service.
 */
export const statsRoutes: Routes = async (app, { service }) => {
  app.get(
    '/stats',
    {
      schema: {
        tags: ['service'],
        operationId: 'getStats',
        summary: 'The queue now, and what was done over the last hours',
        description:
          'The queue of the whole service; what was done for oneself, or for everybody where an admin asks.',
        querystring: StatsQuery,
        response: { 200: Stats, ...PROBLEMS },
      },
    },
    async (request) => {
      requireScope(request.caller, 'read')
      const hours = request.query.hours ?? 24
      const bucketSeconds = bucketOf(hours)
      const [{ queued, running, oldestSeconds }, done] = await Promise.all([
        service.queue.stats(),
        analysisStats(service.db, { hours, bucketSeconds, owner: ownerFilter(request.caller) ?? undefined }),
      ])
      return {
        queue: { queued, running, oldestSeconds },
        totals: done.totals,
        verdicts: done.verdicts,
        families: { ...done.families },
        noFace: done.noFace,
        perMinute: done.perMinute,
        medianSeconds: done.medianSeconds,
        bucketSeconds,
        series: done.series.map(({ at, completed, failed, verdicts }) => ({
          at: new Date(at).toISOString(),
          completed,
          failed,
          ...verdicts,
        })),
        probabilities: [...done.probabilities],
      }
    },
  )
}
