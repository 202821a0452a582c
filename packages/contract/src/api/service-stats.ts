import Type, { type Static } from 'typebox'
import { Count, Nullable, Time } from '../primitives.ts'
import { Band, FINAL_STATES } from '../vocabulary-schema.ts'

export const StatsQuery = Type.Object(
  {
    hours: Type.Optional(Type.Integer({ minimum: 1, maximum: 24 * 90, default: 24 })),
  },
  { additionalProperties: false },
)
export type StatsQuery = Static<typeof StatsQuery>

const Verdicts = Type.Record(Band, Count)

/** `GET /api/v1/stats`: the queue now, and what was done over the last hours. */
export const Stats = Type.Object({
  queue: Type.Object({
    queued: Count,
    running: Count,
    oldestSeconds: Nullable(Type.Number({ minimum: 0 })),
  }),
  totals: Type.Record(Type.Enum([...FINAL_STATES]), Count),
  verdicts: Verdicts,
  families: Type.Record(Type.String(), Count, { description: 'verdicts by strongest family' }),
  noFace: Count,
  perMinute: Type.Number({ minimum: 0, description: 'completed a minute over the last five minutes' }),
  medianSeconds: Nullable(Type.Number({ minimum: 0, description: 'submission to answer' })),
  bucketSeconds: Type.Integer({ minimum: 1 }),
  series: Type.Array(
    Type.Object({
      at: Time(),
      completed: Count,
      failed: Count,
      ...Verdicts.properties,
    }),
    { description: 'oldest first, without gaps' },
  ),
  probabilities: Type.Array(Count, { description: 'completed analyses in ten equal bins of 0..1' }),
})
export type Stats = Static<typeof Stats>
