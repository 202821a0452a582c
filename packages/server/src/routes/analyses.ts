import { AnalysisList, AnalysisQuery, AnalysisResource, UnswapError } from '@unswap/contract'
import Type from 'typebox'
import { requireList, requireScope, visibleOwner } from '../access/caller.ts'
import { findVisible, loadResource } from '../analyses/find.ts'
import { toSummary } from '../analyses/resource.ts'
import { cancelAnalysis, deleteAnalysis } from '../analyses/withdraw.ts'
import { listAnalyses } from '../storage/analysis-list.ts'
import { Id, PROBLEMS, type Routes } from './schema.ts'

/** Reading, cancelling and deleting analyses. */
export const analyses: Routes = async (app, { service }) => {
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
      requireList(request.caller, service.config.access)
      const { from, to, limit = 50, ...rest } = request.query
      const { items, next } = await listAnalyses(db, {
        ...rest,
        limit,
        owner: visibleOwner(request.caller) ?? undefined,
        from: from === undefined ? undefined : Date.parse(from),
        to: to === undefined ? undefined : Date.parse(to),
      })
      return { items: items.map(toSummary), next }
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
      return loadResource(service, await findVisible(service, request.caller, request.params.id))
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
      const record = await findVisible(service, request.caller, request.params.id)
      const { cancelled, state } = await cancelAnalysis(service, request, record)
      if (!cancelled) {
        throw new UnswapError(
          'conflict',
          `The analysis is ${state ?? 'deleted'} already and cannot be cancelled.`,
        )
      }
      return loadResource(service, await findVisible(service, request.caller, record.id))
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
      const { id } = await findVisible(service, request.caller, request.params.id)
      await deleteAnalysis(service, request, id)
      return reply.code(204).send(null)
    },
  )
}
