import Type, { type Static } from 'typebox'
import { Limits } from '../media.ts'
import { Count, Nullable } from '../primitives.ts'

/** `GET /api/v1/limits`: what to check before an upload. */
export const ServiceLimits = Type.Object({
  media: Limits,
  accepts: Type.Array(Type.String(), { description: 'media types' }),
  requestsPerMinute: Nullable(Count),
  analysesPerDay: Nullable(Count),
  analysesLeft: Type.Optional(
    Type.Integer({ minimum: 0, description: 'what is left of them to the caller, where they are bounded' }),
  ),
  filesPerBatch: Count,
  waitSeconds: Type.Number({ description: 'longest `wait`' }),
  urlFetch: Type.Boolean({ description: 'whether media may be given as an address' }),
  retention: Type.Object({
    default: Type.String(),
    longestHours: Nullable(Count),
    keep: Type.Boolean({ description: 'whether `keep` is allowed' }),
  }),
})
export type ServiceLimits = Static<typeof ServiceLimits>
