import { Readable } from 'node:stream'
import { Feedback, FeedbackLine, FeedbackRequest } from '@unswap/contract'
import { ownerFilter, requireListAccess, requireScope } from '../access/caller.ts'
import { recordAudit } from '../access/record-audit.ts'
import { giveFeedback } from '../analyses/give-feedback.ts'
import { toFeedback } from '../analyses/present-analysis.ts'
import type { Service } from '../boot/service.ts'
import { exportFeedback } from '../storage/analyses/feedback-store.ts'
import { described, Id, PROBLEMS, type Routes } from './route-schema.ts'

/** Feedback on verdicts, and its export. */
export const feedbackRoutes: Routes = async (app, { service }) => {
  app.post(
    '/analyses/:id/feedback',
    {
      schema: {
        tags: ['analyses'],
        operationId: 'giveFeedback',
        summary: 'Say whether a verdict was right, or decide otherwise',
        params: Id,
        body: FeedbackRequest,
        response: { 201: Feedback, ...PROBLEMS },
      },
    },
    async (request, reply) => {
      requireScope(request.caller, 'feedback')
      const given = await giveFeedback(service, request.caller, request.params.id, request.body)
      await recordAudit(service, request, 'feedback.create', request.params.id)
      return reply.code(201).send(given)
    },
  )

  app.get(
    '/feedback/export',
    {
      schema: {
        tags: ['analyses'],
        operationId: 'exportFeedback',
        summary: 'All feedback as JSON Lines: a regression set',
        response: described({
          200: {
            description: 'one object a line',
            content: { 'application/jsonl': { schema: FeedbackLine } },
          },
        }),
      },
    },
    async (request, reply) => {
      requireScope(request.caller, 'feedback')
      requireListAccess(request.caller, service.config.access)
      await recordAudit(service, request, 'feedback.export', null)
      const lines = writeLines(service, ownerFilter(request.caller) ?? undefined)
      return reply
        .type('application/jsonl; charset=utf-8')
        .header('content-disposition', 'attachment; filename="feedback.jsonl"')
        .send(Readable.from(lines))
    },
  )
}

async function* writeLines({ db }: Service, owner: string | undefined): AsyncGenerator<string> {
  for await (const { feedback, ...line } of exportFeedback(db, owner === undefined ? {} : { owner })) {
    yield `${JSON.stringify({ ...line, feedback: toFeedback(feedback) } satisfies FeedbackLine)}\n`
  }
}
