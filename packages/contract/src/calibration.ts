import Type, { type Static } from 'typebox'

/**
 * Monotone map from a pooled logit to a probability: log-odds of `manipulated` at `knots` (logits, ascending),
 * linear between them and flat outside. `spread` is the standard error of the log-odds at each knot.
 */
export const Curve = Type.Object({
  knots: Type.Array(Type.Number(), { minItems: 2 }),
  logOdds: Type.Array(Type.Number(), { minItems: 2 }),
  spread: Type.Array(Type.Number({ minimum: 0 }), { minItems: 2 }),
})
export type Curve = Static<typeof Curve>

/** Probabilities that bound the bands, and the false-positive rate (share of real media) that `manipulated` was chosen for. */
export const Bands = Type.Object({
  authentic: Type.Number({ minimum: 0, maximum: 1, description: 'at or below: likely_authentic' }),
  manipulated: Type.Number({ minimum: 0, maximum: 1, description: 'at or above: likely_manipulated' }),
  falsePositiveRate: Type.Number({ minimum: 0, maximum: 1 }),
})
export type Bands = Static<typeof Bands>

/** `models/<id>/calibration.json`: one curve for images and one for videos; a stratum may be missing, never guessed. */
export const Calibration = Type.Object({
  status: Type.Enum(['provisional', 'fitted']),
  fittedOn: Type.String(),
  prior: Type.Number({
    exclusiveMinimum: 0,
    exclusiveMaximum: 1,
    description: 'share of manipulated media assumed',
  }),
  image: Type.Object({ curve: Curve, bands: Bands, samples: Type.Integer() }),
  video: Type.Object({ curve: Curve, bands: Bands, samples: Type.Integer() }),
  minimumFrames: Type.Integer({ minimum: 1, description: 'fewer usable frames of a video: inconclusive' }),
  minimumSide: Type.Optional(
    Type.Number({
      minimum: 0,
      description: 'side of the crop in pixels of the picture; nothing was learnt below it: inconclusive',
    }),
  ),
})
export type Calibration = Static<typeof Calibration>
