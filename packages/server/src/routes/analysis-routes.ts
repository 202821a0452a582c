import { AnalysisList, AnalysisQuery, AnalysisResource, UnswapError } from '@unswap/contract'
import Type from 'typebox'
import { ownerFilter, requireListAccess, requireScope } from '../access/caller.ts'
import { findVisibleAnalysis, loadAnalysisResource } from '../analyses/find-visible.ts'
import { toAnalysisSummary } from '../analyses/present-analysis.ts'
import { cancelAnalysis, deleteAnalysis } from '../analyses/withdraw-analysis.ts'
import { readPeriod } from '../history/read-period.ts'
import { listAnalyses } from '../storage/analyses/analysis-list.ts'
import { Id, PROBLEMS, type Routes } from './route-schema.ts'

/** Reading, cancelling and deleting analyses. */
export const analysisRoutes: Routes = async (app, { service }) => {
  const { db } = service

  app.get(
    '/analyses',
    {
      schema: {
        tags: ['analyses'],
        operationId: 'listAnalyses',
        summary: 'List analyses',
        description: 'One’s own, or everybody’s for admins; newest first unless `sort` says otherwise.',
        querystring: AnalysisQuery,
        response: { 200: AnalysisList, ...PROBLEMS },
      },
    },
    async (request) => {
      requireScope(request.caller, 'read')
      requireListAccess(request.caller, service.config.access)
      const { limit = 50, ...rest } = readPeriod(request.query)
      const owner = ownerFilter(request.caller) ?? undefined
      const { items, next } = await listAnalyses(db, { ...rest, limit, owner })
      return { items: items.map(toAnalysisSummary), next }
    },
  )

  app.get(
    '/analyses/:id',
    {
      schema: {
        tags: ['analyses'],
        operationId: 'getAnalysis',
        summary: 'One analysis, with its report when it is completed',
        params: Id,
        response: { 200: AnalysisResource, ...PROBLEMS },
      },
    },
    async (request) => {
      requireScope(request.caller, 'read')
      return loadAnalysisResource(
        service,
        await findVisibleAnalysis(service, request.caller, request.params.id),
      )
    },
  )

  app.post(
    '/analyses/:id/cancel',
    {
      schema: {
        tags: ['analyses'],
        operationId: 'cancelAnalysis',
        summary: 'Cancel an analysis that waits or runs',
        params: Id,
        response: { 200: AnalysisResource, ...PROBLEMS },
      },
    },
    async (request) => {
      requireScope(request.caller, 'analyze')
      const record = await findVisibleAnalysis(service, request.caller, request.params.id)
      const { cancelled, state } = await cancelAnalysis(service, request, record)
      if (!cancelled) {
        throw new UnswapError(
          'conflict',
          `The analysis is ${state ?? 'deleted'} already and cannot be cancelled.`,
        )
      }
      return loadAnalysisResource(service, await findVisibleAnalysis(service, request.caller, record.id))
    },
  )

  app.delete(
    '/analyses/:id',
    {
      schema: {
        tags: ['analyses'],
        operationId: 'deleteAnalysis',
        summary: 'Erase media, evidence and everything known of an analysis',
        params: Id,
        response: { 204: Type.Null(), ...PROBLEMS },
      },
    },
    async (request, reply) => {
      requireScope(request.caller, 'analyze')
      const { id } = await findVisibleAnalysis(service, request.caller, request.params.id)
      await deleteAnalysis(service, request, id)
      return reply.code(204).send(null)
    },
  )
}
