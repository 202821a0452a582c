import { Readable } from 'node:stream'
import { AnalysisCount, CountQuery, Erased, ExportQuery, NamedAnalyses } from '@unswap/contract'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { ownerFilter, requireListAccess, requireScope } from '../access/caller.ts'
import { recordAudit } from '../access/record-audit.ts'
import { findIfVisible } from '../analyses/find-visible.ts'
import { deleteAnalysis } from '../analyses/withdraw-analysis.ts'
import { bytes, described, PROBLEMS, type Routes } from '../routes/route-schema.ts'
import { type AnalysisFilter, type AnalysisPage, countAnalyses } from '../storage/analyses/analysis-list.ts'
import { readPeriod } from './read-period.ts'
import { writeCsv } from './write-csv.ts'

const Csv = described({
  200: bytes('a line for each; the header `unswap-rows` says how many', 'text/csv'),
})

/** What is done with many analyses at once: counting, exporting and erasing. */
export const historyRoutes: Routes = async (app, { service }) => {
  const { db } = service

  const sendCsv = async (
    request: FastifyRequest,
    reply: FastifyReply,
    asked: AnalysisFilter & Pick<AnalysisPage, 'sort'>,
  ) => {
    requireScope(request.caller, 'read')
    requireListAccess(request.caller, service.config.access)
    // What arrives while the rows are written is left out, so that the header stays true.
    const to = Math.min(asked.to ?? Number.POSITIVE_INFINITY, Date.now() + 1)
    const filter = { ...asked, to, owner: ownerFilter(request.caller) ?? undefined }
    const rows = await countAnalyses(db, filter)
    await recordAudit(service, request, 'analysis.export', null)
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', 'attachment; filename="unswap-history.csv"')
      .header('unswap-rows', rows)
      .send(Readable.from(writeCsv(db, filter)))
  }

  app.get(
    '/analyses/count',
    {
      schema: {
        tags: ['analyses'],
        operationId: 'countAnalyses',
        summary: 'How many analyses a list would have',
        querystring: CountQuery,
        response: { 200: AnalysisCount, ...PROBLEMS },
      },
    },
    async (request) => {
      requireScope(request.caller, 'read')
      requireListAccess(request.caller, service.config.access)
      const owner = ownerFilter(request.caller) ?? undefined
      return { count: await countAnalyses(db, { ...readPeriod(request.query), owner }) }
    },
  )

  app.get(
    '/analyses/export.csv',
    {
      schema: {
        tags: ['analyses'],
        operationId: 'exportAnalyses',
        summary: 'All analyses of a list as CSV',
        querystring: ExportQuery,
        response: Csv,
      },
    },
    async (request, reply) => sendCsv(request, reply, readPeriod(request.query)),
  )

  app.post(
    '/analyses/export.csv',
    {
      schema: {
        tags: ['analyses'],
        operationId: 'exportNamedAnalyses',
        summary: 'The named analyses as CSV; those that are gone are left out',
        body: NamedAnalyses,
        response: Csv,
      },
    },
    async (request, reply) => sendCsv(request, reply, request.body),
  )

  app.post(
    '/analyses/erase',
    {
      schema: {
        tags: ['analyses'],
        operationId: 'eraseAnalyses',
        summary: 'Erase media, evidence and everything known of the named analyses',
        description:
          'One that is gone already, or belongs to somebody else, is counted as missing and stops no other.',
        body: NamedAnalyses,
        response: { 200: Erased, ...PROBLEMS },
      },
    },
    async (request) => {
      const { caller } = request
      requireScope(caller, 'analyze')
      const counts = { erased: 0, missing: 0 }
      for (const id of request.body.ids) {
        const found = await findIfVisible(service, caller, id)
        if (found) await deleteAnalysis(service, request, found.id)
        counts[found ? 'erased' : 'missing']++
      }
      return counts
    },
  )
}
