import Type, { type Static } from 'typebox'
import { Nullable, Sha256 } from './primitives.ts'
import { Family, OUTPUTS, Output, WeightVariant } from './vocabulary-schema.ts'

export const Licence = Type.Object({ name: Type.String(), source: Type.String() })

/** How a model was trained, in a sentence, and when. */
export const Training = Type.Object({ summary: Type.String(), date: Type.String() })

/** One file of weights. */
export const Weights = Type.Object({
  variant: WeightVariant,
  file: Type.String(),
  sha256: Sha256(),
  bytes: Type.Integer({ minimum: 1 }),
})
export type Weights = Static<typeof Weights>

/**
 * A network that reads what its classifier says of a face, frame after frame. Input: rows n×T×D and a mask n×T (1 where
 * there is a row). Output: n logits of `manipulated`. `trainer/unswap_trainer/temporal/rows.py` defines the rows,
 * `temporal-golden.json` holds the goldens.
 */
export const TemporalHead = Type.Object({
  file: Type.String(),
  sha256: Sha256(),
  bytes: Type.Integer({ minimum: 1 }),
  frames: Type.Integer({ minimum: 4, description: 'most rows at a time' }),
  training: Training,
})
export type TemporalHead = Static<typeof TemporalHead>

/** `models/<id>/manifest.json` of a classifier: the geometry contract as data, and where the weights came from. */
export const ClassifierManifest = Type.Object({
  id: Type.String({ pattern: '^[a-z0-9][a-z0-9.-]*$' }),
  role: Type.Literal('classifier'),
  description: Type.String(),
  licence: Licence,
  weights: Type.Array(Weights, { minItems: 1, description: 'fastest first' }),
  input: Type.Object({
    name: Type.String(),
    size: Type.Integer({ minimum: 32 }),
    margin: Type.Number({ minimum: 1 }),
    layout: Type.Enum(['nchw', 'nhwc']),
    mean: Type.Array(Type.Number(), { minItems: 3, maxItems: 3, description: 'subtracted from RGB 0..1' }),
    deviation: Type.Array(Type.Number(), { minItems: 3, maxItems: 3, description: 'then divided by' }),
  }),
  outputs: Type.Object({
    logits: Type.String(),
    order: Type.Array(Type.String(), {
      description: `of ${OUTPUTS.join(', ')}; \`authentic\` where the network says how real a face is`,
    }),
    unit: Type.Optional(
      Type.Enum(['logit', 'probability'], {
        description: 'logit by default; probability after a sigmoid or a softmax inside the network',
      }),
    ),
    map: Nullable(Type.Object({ name: Type.String(), size: Type.Integer({ minimum: 1 }) })),
    features: Type.Optional(
      Type.Object(
        { name: Type.String(), size: Type.Integer({ minimum: 1 }) },
        { description: 'what the logits are computed from, for a temporal head' },
      ),
    ),
  }),
  thresholds: Type.Partial(Type.Record(Output, Type.Number()), {
    description: 'logits above which an output is flagged',
  }),
  families: Type.Array(Family),
  temporal: Type.Optional(TemporalHead),
  training: Training,
})
export type ClassifierManifest = Static<typeof ClassifierManifest>

/** `models/<id>/manifest.json` of a supporting network (face detection, mesh). */
export const SupportManifest = Type.Object({
  id: Type.String(),
  role: Type.Enum(['mesh', 'detection']),
  description: Type.String(),
  licence: Licence,
  weights: Type.Array(Type.Omit(Weights, ['variant'])),
})
export type SupportManifest = Static<typeof SupportManifest>

/**
 * `golden.json`: crops (PNG files beside it) and the logits that the model must reproduce within `tolerance`. Logits are
 * in the order of the manifest's outputs; that of `authentic` is minus that of `manipulated`.
 */
export const Golden = Type.Object({
  tolerance: Type.Record(WeightVariant, Type.Number()),
  crops: Type.Array(
    Type.Object({
      file: Type.String(),
      sha256: Sha256(),
      logits: Type.Array(Type.Number()),
      mapMean: Nullable(Type.Number()),
    }),
    { minItems: 1 },
  ),
})
export type Golden = Static<typeof Golden>

/** `temporal-golden.json`: rows (frames × D) and the logit that a temporal head must make of them within `tolerance`. */
export const TemporalGolden = Type.Object({
  tolerance: Type.Number(),
  clips: Type.Array(
    Type.Object({ rows: Type.Array(Type.Array(Type.Number()), { minItems: 1 }), logit: Type.Number() }),
    { minItems: 1 },
  ),
})
export type TemporalGolden = Static<typeof TemporalGolden>
