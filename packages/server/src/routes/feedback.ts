import { Readable } from 'node:stream'
import { Feedback, FeedbackLine, FeedbackRequest } from '@unswap/contract'
import { audit } from '../access/audit.ts'
import { requireList, requireScope, visibleOwner } from '../access/caller.ts'
import { giveFeedback } from '../analyses/feedback.ts'
import { showFeedback } from '../analyses/resource.ts'
import type { Service } from '../service.ts'
import { exportFeedback } from '../storage/feedback.ts'
import { described, Id, PROBLEMS, type Routes } from './schema.ts'

/** What people say of verdicts. */
export const feedback: Routes = async (app, { service }) => {
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
      await audit(service, request, 'feedback.create', request.params.id)
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
      requireList(request.caller, service.config.access)
      await audit(service, request, 'feedback.export', null)
      const lines = writeLines(service, visibleOwner(request.caller) ?? undefined)
      return reply
        .type('application/jsonl; charset=utf-8')
        .header('content-disposition', 'attachment; filename="feedback.jsonl"')
        .send(Readable.from(lines))
    },
  )
}

async function* writeLines({ db }: Service, owner: string | undefined): AsyncGenerator<string> {
  for await (const { feedback, ...line } of exportFeedback(db, owner === undefined ? {} : { owner })) {
    yield `${JSON.stringify({ ...line, feedback: showFeedback(feedback) } satisfies FeedbackLine)}\n`
  }
}
