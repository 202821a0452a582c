import Type, { type Static } from 'typebox'
import { Nullable, Text, Time } from '../primitives.ts'
import { Band } from '../vocabulary-schema.ts'

const Rating = Type.Integer({ minimum: 1, maximum: 5 })

/** `POST /api/v1/analyses/:id/feedback`: at least one of the fields. */
export const FeedbackRequest = Type.Object(
  {
    right: Type.Optional(Type.Boolean({ description: 'whether the verdict was right' })),
    rating: Type.Optional(Rating),
    comment: Type.Optional(Text({ maxLength: 4000 })),
    override: Type.Optional(
      Nullable(Band, {
        description: 'what a person decided instead, shown beside the verdict; null takes it back',
      }),
    ),
  },
  { additionalProperties: false, minProperties: 1 },
)
export type FeedbackRequest = Static<typeof FeedbackRequest>

export const Feedback = Type.Object({
  id: Type.String(),
  analysisId: Type.String(),
  right: Nullable(Type.Boolean()),
  rating: Nullable(Rating),
  comment: Nullable(Type.String()),
  override: Nullable(Band),
  by: Type.String({ description: 'who: a key’s name, a user, or anonymous' }),
  createdAt: Time(),
})
export type Feedback = Static<typeof Feedback>

/** One line of `GET /api/v1/feedback/export` (JSON Lines): a regression set of what people know. */
export const FeedbackLine = Type.Object({
  analysisId: Type.String(),
  sha256: Type.String(),
  name: Nullable(Type.String()),
  verdict: Nullable(Band),
  probability: Nullable(Type.Number()),
  truth: Nullable(Type.Enum(['real', 'fake']), {
    description: 'what the feedback says the media is, where it says so',
  }),
  feedback: Feedback,
})
export type FeedbackLine = Static<typeof FeedbackLine>
