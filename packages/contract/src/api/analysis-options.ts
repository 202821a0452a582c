import Type, { type Static } from 'typebox'
import { Text } from '../primitives.ts'
import { Priority, Retention } from '../vocabulary-schema.ts'

export const Webhook = Type.Object(
  {
    url: Type.String({ minLength: 1, maxLength: 2048 }),
    secret: Type.Optional(
      Type.String({ minLength: 8, maxLength: 256, description: 'key of the HMAC-SHA256 signature' }),
    ),
  },
  { additionalProperties: false },
)
export type Webhook = Static<typeof Webhook>

export const Tag = Type.String({ minLength: 1, maxLength: 64, pattern: '^[^,\\x00-\\x1f]+$' })

/** Choices of one analysis, the same for a JSON body, form fields and query parameters. All have defaults. */
export const AnalysisOptions = Type.Object({
  frames: Type.Optional(
    Type.Union([Type.Integer({ minimum: 1, maximum: 100_000 }), Type.Literal('all')], {
      description:
        'frames of a video, spread evenly over it; all for every frame. By default the service’s own number, and more around faces that were seen in too few of them',
    }),
  ),
  fps: Type.Optional(
    Type.Number({ exclusiveMinimum: 0, maximum: 240, description: 'frames a second, instead of `frames`' }),
  ),
  maxFaces: Type.Optional(Type.Integer({ minimum: 1, maximum: 256, description: 'faces kept per frame' })),
  models: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { maxItems: 16 })),
  flip: Type.Optional(Type.Boolean({ description: 'average each score with that of the mirrored face' })),
  retention: Type.Optional(Retention),
  webhook: Type.Optional(Webhook),
  priority: Type.Optional(Priority),
  tags: Type.Optional(Type.Array(Tag, { maxItems: 32, uniqueItems: true })),
  name: Type.Optional(Text({ maxLength: 255, description: 'shown to people, never used as a path' })),
  fresh: Type.Optional(
    Type.Boolean({
      description: 'analyse again even when the same media was analysed with the same settings',
    }),
  ),
})
export type AnalysisOptions = Static<typeof AnalysisOptions>

/** `POST /api/v1/analyses` with `application/json`: exactly one of `url` and `base64`. */
export const AnalysisRequest = Type.Object(
  {
    url: Type.Optional(Type.String({ minLength: 1, maxLength: 2048 })),
    base64: Type.Optional(Type.String({ minLength: 4, description: 'media, or a data: URL' })),
    ...AnalysisOptions.properties,
  },
  { additionalProperties: false },
)
export type AnalysisRequest = Static<typeof AnalysisRequest>
