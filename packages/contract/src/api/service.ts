import Type, { type Static } from 'typebox'
import { Bands } from '../calibration.ts'
import { Limits } from '../media.ts'
import { Family } from '../vocabulary.ts'

const Count = Type.Integer({ minimum: 0 })
const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** One classifier, what it was calibrated on, and its card. */
export const Model = Type.Object({
  id: Type.String(),
  description: Type.String(),
  variant: Type.Enum(['int8', 'float'], { description: 'the weights that run on this processor' }),
  sha256: Type.String(),
  families: Type.Array(Family),
  thresholds: Type.Record(Type.String(), Type.Number(), { description: 'logits per output' }),
  inputSize: Type.Integer(),
  licence: Type.Object({ name: Type.String(), source: Type.String() }),
  training: Type.Object({ summary: Type.String(), date: Type.String() }),
  calibration: Type.Object({
    sha256: Type.String(),
    status: Type.Enum(['provisional', 'fitted']),
    fittedOn: Type.String(),
    prior: Type.Number(),
    image: Type.Object({ bands: Bands, samples: Count }),
    video: Type.Object({ bands: Bands, samples: Count }),
  }),
  card: Nullable(Type.String({ description: 'the model card, Markdown' })),
  figures: Nullable(Type.Unknown({ description: 'the last committed evaluation, as the lab wrote it' })),
})
export type Model = Static<typeof Model>
export const ModelList = Type.Object({ version: Type.String(), items: Type.Array(Model) })
export type ModelList = Static<typeof ModelList>

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

export const StatsQuery = Type.Object(
  {
    hours: Type.Optional(Type.Integer({ minimum: 1, maximum: 24 * 90, default: 24 })),
  },
  { additionalProperties: false },
)
export type StatsQuery = Static<typeof StatsQuery>

const Verdicts = Type.Object({ likely_manipulated: Count, inconclusive: Count, likely_authentic: Count })

/** `GET /api/v1/stats`: the queue now, and what was done over the last hours. */
export const Stats = Type.Object({
  queue: Type.Object({
    queued: Count,
    running: Count,
    oldestSeconds: Nullable(Type.Number({ minimum: 0 })),
  }),
  totals: Type.Object({ completed: Count, failed: Count, cancelled: Count }),
  verdicts: Verdicts,
  families: Type.Record(Type.String(), Count, { description: 'verdicts by strongest family' }),
  noFace: Count,
  perMinute: Type.Number({ minimum: 0, description: 'completed a minute over the last five minutes' }),
  medianSeconds: Nullable(Type.Number({ minimum: 0, description: 'submission to answer' })),
  bucketSeconds: Type.Integer({ minimum: 1 }),
  series: Type.Array(
    Type.Object({
      at: Type.String({ format: 'date-time' }),
      completed: Count,
      failed: Count,
      ...Verdicts.properties,
    }),
    { description: 'oldest first, without gaps' },
  ),
  probabilities: Type.Array(Count, { description: 'completed analyses in ten equal bins of 0..1' }),
})
export type Stats = Static<typeof Stats>
