import Type, { type Static } from 'typebox'
import { Time } from '../primitives.ts'
import { Progress } from '../progress.ts'
import { Verdict } from '../verdict.ts'
import { Problem } from './problem.ts'

/**
 * What `GET /api/v1/analyses/:id/events` sends (server-sent events). The event’s name is `type`, its data this object as
 * JSON. Event ids rise; a client that reconnects sends the last one in `Last-Event-ID`. The stream ends after
 * `completed`, `failed` or `cancelled`.
 */
export const AnalysisEvent = Type.Union([
  Type.Object({ type: Type.Literal('queued'), at: Time() }),
  Type.Object({ type: Type.Literal('running'), at: Time() }),
  Type.Object({ type: Type.Literal('progress'), at: Time(), progress: Progress }),
  Type.Object({ type: Type.Literal('completed'), at: Time(), verdict: Verdict }),
  Type.Object({ type: Type.Literal('failed'), at: Time(), error: Problem }),
  Type.Object({ type: Type.Literal('cancelled'), at: Time() }),
])
export type AnalysisEvent = Static<typeof AnalysisEvent>

const About = {
  analysis: Type.String({ description: 'id of the analysis' }),
  href: Type.String({ description: 'its address; relative unless the service knows its own' }),
}

/** What a webhook receives when an analysis has ended: the final event, and which analysis it is about. */
export const WebhookMessage = Type.Union([
  Type.Object({ type: Type.Literal('completed'), at: Time(), verdict: Verdict, ...About }),
  Type.Object({ type: Type.Literal('failed'), at: Time(), error: Problem, ...About }),
  Type.Object({ type: Type.Literal('cancelled'), at: Time(), ...About }),
])
export type WebhookMessage = Static<typeof WebhookMessage>
