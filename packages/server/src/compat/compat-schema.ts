import { Nullable, Probability, Text } from '@unswap/contract'
import Type, { type Static } from 'typebox'

export const CompatError = Type.Object({ detail: Type.String() })

export const CompatHealth = Type.Object({
  status: Type.Enum(['ok', 'degraded']),
  models_loaded: Type.Integer(),
  models_dir: Type.String(),
})

export const CompatModels = Type.Object({
  models_dir: Type.String(),
  config_path: Type.String(),
  models_loaded: Type.Integer(),
  models: Type.Array(
    Type.Object({
      name: Type.String(),
      file: Type.String(),
      description: Type.String(),
      domain: Type.String(),
      output: Type.Enum(['prob_real', 'prob_fake']),
      threshold: Probability,
      loaded: Type.Literal(true),
    }),
  ),
})

/** JSON body of `POST /api/predict`: exactly one of the three fields. */
export const CompatRequest = Type.Object({
  base64_image: Type.Optional(Type.String({ minLength: 1 })),
  image_url: Type.Optional(Type.String({ minLength: 1, maxLength: 2048 })),
  video_url: Type.Optional(Type.String({ minLength: 1, maxLength: 2048 })),
})
export type CompatRequest = Static<typeof CompatRequest>

const PerModel = Type.Object({
  name: Type.String(),
  real_score: Probability,
  fake_score: Probability,
  threshold: Probability,
  domain: Type.String(),
  raw: Type.Number({ description: 'uncalibrated score' }),
  output: Type.Literal('prob_fake'),
})

const Domain = Type.Object({
  domain: Type.String(),
  domain_threshold: Probability,
  min_prob_real: Probability,
  fake_score: Probability,
  trigger_model: Nullable(Type.String()),
  models: Type.Array(Type.Object({ name: Type.String(), real_score: Probability, threshold: Probability })),
  crosses_threshold: Type.Boolean(),
})

export const Prediction = Type.Object({
  result: Type.Enum(['REAL', 'FAKE', 'UNKNOWN']),
  score: Probability,
  threshold: Probability,
  prediction_id: Type.String(),
  input_type: Type.Enum(['image', 'video']),
  trigger_model: Nullable(Type.String()),
  fake_confidence: Nullable(Probability),
  details: Type.String(),
  per_model: Type.Array(PerModel),
  domains: Type.Record(Type.String(), Domain),
})
export type Prediction = Static<typeof Prediction>

export const CompatFeedbackRequest = Type.Object({
  prediction_id: Type.String({ minLength: 1, maxLength: 64 }),
  user_actual_result: Type.Enum(['REAL', 'FAKE']),
  feedback_text: Type.Optional(Nullable(Text({ maxLength: 4000 }))),
  score: Type.Optional(Nullable(Type.Integer({ minimum: 1, maximum: 5 }))),
})
export type CompatFeedbackRequest = Static<typeof CompatFeedbackRequest>

export const CompatFeedback = Type.Object({
  status: Type.Literal('success'),
  message: Type.String(),
  feedback_id: Type.String(),
})
