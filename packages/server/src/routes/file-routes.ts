import { text as readText } from 'node:stream/consumers'
import { Report, UnswapError } from '@unswap/contract'
import { addDecision, renderHtml, reportToJson } from '@unswap/detector'
import type { FastifyReply } from 'fastify'
import Type from 'typebox'
import { requireScope } from '../access/caller.ts'
import { parseByteRange } from '../analyses/byte-range.ts'
import { findVisibleAnalysis } from '../analyses/find-visible.ts'
import type { Blobs } from '../blobs/blobs.ts'
import { openEvidenceCache } from '../evidence/evidence-cache.ts'
import { REPORT_PAGE } from '../evidence/prepare-evidence.ts'
import { MEDIA_TYPES } from '../intake/media-types.ts'
import type { AnalysisRecord } from '../storage/analyses/analysis-record.ts'
import { listFeedback } from '../storage/analyses/feedback-store.ts'
import { findReport, listEvidenceRecords } from '../storage/analyses/report-store.ts'
import type { Database } from '../storage/database.ts'
import { isMediaKept } from '../storage/retention/expiry.ts'
import { bytes, described, Id, type Routes } from './route-schema.ts'

/** A browser asks each time whether its copy still counts: what was erased is then gone from its memory too. */
const PRIVATE = 'private, no-cache'

/** Evidence never changes under its address, so one tag serves all. */
const UNCHANGED = '"1"'

/** Content policy for what was made from uploads: it may be shown, but may not load, run, send or open anything. */
const QUARANTINE =
  "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'none'"

const erased = () =>
  new UnswapError('gone', 'This was erased, as its retention asked for; the report is still there.')

/** The report as a document, and evidence and media while they are kept. */
export const fileRoutes: Routes = async (app, { service }) => {
  const { db, blobs } = service
  const cache = openEvidenceCache(service)

  app.get(
    '/analyses/:id/report.json',
    {
      schema: {
        tags: ['analyses'],
        operationId: 'getReport',
        summary: 'The report, byte for byte the same for the same media, settings and models',
        params: Id,
        response: described({ 200: Report }),
      },
    },
    async (request, reply) => {
      requireScope(request.caller, 'read')
      const { id } = await findVisibleAnalysis(service, request.caller, request.params.id)
      const report = await findReport(db, id)
      if (report === null) throw notYet()
      return reply.type('application/json; charset=utf-8').serializer(String).send(reportToJson(report))
    },
  )

  app.get(
    '/analyses/:id/report.html',
    {
      schema: {
        tags: ['analyses'],
        operationId: 'getReportPage',
        summary: 'The report as one page to read and print',
        params: Id,
        response: described({ 200: bytes('the page', 'text/html') }),
      },
    },
    async (request, reply) => {
      requireScope(request.caller, 'read')
      const record = await findVisibleAnalysis(service, request.caller, request.params.id)
      reply.type('text/html; charset=utf-8').header('content-security-policy', QUARANTINE)
      const kept = await cache.find(record, REPORT_PAGE)
      const stream = kept && (await blobs.get(kept.blob))
      const decision = await decisionOn(db, record)
      if (stream && decision === null) return reply.send(stream)
      const page = stream ? await readText(stream) : await renderPage(db, record)
      return reply.send(decision === null ? page : addDecision(page, decision))
    },
  )

  app.get(
    '/analyses/:id/evidence/:name',
    {
      schema: {
        tags: ['analyses'],
        operationId: 'getEvidence',
        summary: 'One picture of the evidence',
        params: Type.Object({ ...Id.properties, name: Type.String({ maxLength: 200 }) }),
        response: described({
          200: bytes('the picture, or the page', 'image/jpeg', 'image/png', 'image/svg+xml', 'text/html'),
        }),
      },
    },
    async (request, reply) => {
      requireScope(request.caller, 'read')
      const record = await findVisibleAnalysis(service, request.caller, request.params.id)
      const found = await cache.find(record, request.params.name)
      if (found && request.headers['if-none-match'] === UNCHANGED) return unchanged(reply)
      if (found) return sendBlob(blobs, reply, found)
      if (record.state === 'completed' && !isMediaKept(record)) throw erased()
      throw new UnswapError('not_found', 'There is no evidence of that name.')
    },
  )

  app.get(
    '/analyses/:id/thumbnail',
    {
      schema: {
        tags: ['analyses'],
        operationId: 'getThumbnail',
        summary: 'A small picture of the deciding face, or of the whole where there is none',
        params: Id,
        response: described({ 200: bytes('the picture', 'image/jpeg') }),
      },
    },
    async (request, reply) => {
      requireScope(request.caller, 'read')
      const record = await findVisibleAnalysis(service, request.caller, request.params.id)
      const found = await findThumbnail(db, record.id)
      if (found === null) throw new UnswapError('not_found', 'There is no picture of this analysis.')
      if (request.headers['if-none-match'] === UNCHANGED && isMediaKept(record)) return unchanged(reply)
      // A list shows many thumbnails, so the packed crop is sent rather than rendering all evidence first.
      const packed = found.bytes === 0 ? await cache.packedCrop(record) : null
      if (packed) {
        return reply.type('image/jpeg').headers({ 'cache-control': PRIVATE, etag: UNCHANGED }).send(packed)
      }
      const picture = await cache.find(record, found.name)
      if (picture === null) throw erased()
      return sendBlob(blobs, reply, picture)
    },
  )

  app.get(
    '/analyses/:id/media',
    {
      schema: {
        tags: ['analyses'],
        operationId: 'getMedia',
        summary: 'The media itself, while it is kept; parts of it by Range',
        params: Id,
        headers: Type.Object({ range: Type.Optional(Type.String({ description: '`bytes=0-1023`' })) }),
        response: described({
          200: bytes('the media', 'image/*', 'video/*'),
          206: bytes('the part asked for', 'image/*', 'video/*'),
          416: { description: 'no such part; Content-Range tells the size' },
        }),
      },
    },
    async (request, reply) => {
      requireScope(request.caller, 'read')
      const record = await findVisibleAnalysis(service, request.caller, request.params.id)
      const { mediaBlob } = record
      const size = mediaBlob !== null && isMediaKept(record) ? await blobs.size(mediaBlob) : null
      if (mediaBlob === null || size === null) throw erased()
      const range = parseByteRange(request.headers.range, size)
      reply
        .type(MEDIA_TYPES[record.format ?? ''] ?? 'application/octet-stream')
        // A page can embed it. Opened directly it is saved, with a generated file name.
        .header('content-disposition', `attachment; filename="${record.id}${extensionOf(record.format)}"`)
        .header('content-security-policy', QUARANTINE)
        .header('accept-ranges', 'bytes')
        .header('cache-control', 'private, no-store')
      if (range === 'unsatisfiable') {
        return reply.code(416).header('content-range', `bytes */${size}`).removeHeader('content-type').send()
      }
      const stream = await blobs.get(mediaBlob, range ?? undefined)
      if (stream === null) throw erased()
      const length = range === null ? size : range.end - range.start + 1
      if (range !== null) reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${size}`)
      return reply.header('content-length', length).send(stream)
    },
  )
}

const extensionOf = (format: string | null) => (format !== null && format in MEDIA_TYPES ? `.${format}` : '')

const unchanged = (reply: FastifyReply) =>
  reply.code(304).headers({ 'cache-control': PRIVATE, etag: UNCHANGED }).send()

const notYet = () => new UnswapError('not_found', 'There is no report: the analysis is not completed.')

async function renderPage(db: Database, { id, name }: AnalysisRecord): Promise<string> {
  const report = await findReport(db, id)
  if (report === null) throw notYet()
  return renderHtml({ report }, name === null ? {} : { name })
}

/** What a person decided, by the last who decided so; null when nobody has. */
async function decisionOn(db: Database, { id, override: band }: AnalysisRecord) {
  if (band === null) return null
  const last = (await listFeedback(db, id)).findLast(({ override }) => override === band)
  return last ? { band, by: last.by, at: new Date(last.createdAt).toISOString() } : null
}

async function findThumbnail(db: Database, id: string) {
  const evidence = await listEvidenceRecords(db, id)
  return (
    evidence.find(({ name }) => name.endsWith('.crop.jpg')) ??
    evidence.find(({ name }) => name === 'annotated.jpg') ??
    null
  )
}

async function sendBlob(
  blobs: Blobs,
  reply: FastifyReply,
  file: { blob: string; type: string; bytes: number },
) {
  const stream = await blobs.get(file.blob)
  if (stream === null) throw erased()
  return reply
    .type(file.type)
    .header('content-security-policy', QUARANTINE)
    .header('content-length', file.bytes)
    .headers({ 'cache-control': PRIVATE, etag: UNCHANGED })
    .send(stream)
}
