import Type, { type Static } from 'typebox'
import { Band } from '../vocabulary.ts'
import { Text } from './text.ts'

/** `POST /api/v1/analyses/:id/feedback`: at least one of the fields. */
export const FeedbackRequest = Type.Object(
  {
    right: Type.Optional(Type.Boolean({ description: 'whether the verdict was right' })),
    rating: Type.Optional(Type.Integer({ minimum: 1, maximum: 5 })),
    comment: Type.Optional(Text({ maxLength: 4000 })),
    override: Type.Optional(
      Type.Union([Band, Type.Null()], {
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
  right: Type.Union([Type.Boolean(), Type.Null()]),
  rating: Type.Union([Type.Integer({ minimum: 1, maximum: 5 }), Type.Null()]),
  comment: Type.Union([Type.String(), Type.Null()]),
  override: Type.Union([Band, Type.Null()]),
  by: Type.String({ description: 'who: a key’s name, a user, or anonymous' }),
  createdAt: Type.String({ format: 'date-time' }),
})
export type Feedback = Static<typeof Feedback>

/** One line of `GET /api/v1/feedback/export` (JSON Lines): a regression set of what people know. */
export const FeedbackLine = Type.Object({
  analysisId: Type.String(),
  sha256: Type.String(),
  name: Type.Union([Type.String(), Type.Null()]),
  verdict: Type.Union([Band, Type.Null()]),
  probability: Type.Union([Type.Number(), Type.Null()]),
  truth: Type.Union([Type.Enum(['real', 'fake']), Type.Null()], {
    description: 'what the feedback says the media is, where it says so',
  }),
  feedback: Feedback,
})
export type FeedbackLine = Static<typeof FeedbackLine>
