import { AnalysisEvent, isFinal } from '@unswap/contract'
import Type from 'typebox'
import { requireScope } from '../access/caller.ts'
import { formatServerSentEvent, toAnalysisEvent } from '../analyses/analysis-event.ts'
import { findVisibleAnalysis } from '../analyses/find-visible.ts'
import { described, Id, type Routes } from './route-schema.ts'

/** Many proxies close a connection after 30 silent seconds. */
const HEARTBEAT_MILLISECONDS = 15_000

/** The states and progress of one analysis as server-sent events. */
export const eventRoutes: Routes = async (app, { service }) => {
  const open = new Set<AbortController>()
  app.addHook('preClose', async () => {
    for (const stream of open) stream.abort()
  })

  app.get(
    '/analyses/:id/events',
    {
      schema: {
        tags: ['analyses'],
        operationId: 'followAnalysis',
        summary: 'Follow an analysis (server-sent events)',
        description:
          'Events `queued`, `running`, `progress`, `completed`, `failed` and `cancelled`, each with an id; send the last one as Last-Event-ID to go on from there. The stream ends with the analysis; who comes back after its end gets 204.',
        params: Id,
        headers: Type.Object({
          'last-event-id': Type.Optional(Type.String({ description: 'id of the last event that was seen' })),
        }),
        response: described({
          200: { description: 'the events', content: { 'text/event-stream': { schema: AnalysisEvent } } },
        }),
      },
    },
    async (request, reply) => {
      requireScope(request.caller, 'read')
      const record = await findVisibleAnalysis(service, request.caller, request.params.id)
      const last = Number(request.headers['last-event-id'] ?? 0)
      const seen = Number.isSafeInteger(last) && last > 0 ? last : 0
      // 204 tells an EventSource not to reconnect.
      if (isFinal(record.state) && seen >= record.revision) return reply.code(204).send()

      const stream = new AbortController()
      open.add(stream)
      reply.hijack()
      const out = reply.raw
      out.once('close', () => stream.abort())
      out.writeHead(200, {
        ...(reply.getHeaders() as Record<string, string>),
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      })
      out.write('retry: 1000\n\n')
      const heart = setInterval(() => out.write(':\n\n'), HEARTBEAT_MILLISECONDS)
      try {
        for await (const next of service.queue.follow(record.id, { after: seen, signal: stream.signal })) {
          out.write(formatServerSentEvent(toAnalysisEvent(next), next.revision))
        }
      } catch (error) {
        request.log.error({ err: error }, 'event stream failed')
      } finally {
        clearInterval(heart)
        open.delete(stream)
        out.end()
      }
    },
  )
}
