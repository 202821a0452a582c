import Type, { type Static } from 'typebox'
import { Count, Nullable, Probability } from './primitives.ts'
import { CalibrationStatus, MediaKind } from './vocabulary-schema.ts'

/**
 * A rising map from a pooled logit to a probability: the log-odds of `manipulated` at `knots` (logits, ascending). It is
 * linear between the knots and flat outside. `spread` is the standard error of the log-odds at each knot.
 */
export const Curve = Type.Object({
  knots: Type.Array(Type.Number(), { minItems: 2 }),
  logOdds: Type.Array(Type.Number(), { minItems: 2 }),
  spread: Type.Array(Type.Number({ minimum: 0 }), { minItems: 2 }),
})
export type Curve = Static<typeof Curve>

/** Probabilities that bound the bands. `manipulated` was chosen for the false-positive rate, a share of real media. */
export const Bands = Type.Object({
  authentic: Type.Number({ minimum: 0, maximum: 1, description: 'at or below: likely_authentic' }),
  manipulated: Type.Number({ minimum: 0, maximum: 1, description: 'at or above: likely_manipulated' }),
  falsePositiveRate: Probability,
})
export type Bands = Static<typeof Bands>

/** Upper bounds of the bins in which probabilities are counted, here and in the metric `unswap_probability`. */
export const PROBABILITY_BINS = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1] as const

const Counts = Type.Array(Count, {
  minItems: PROBABILITY_BINS.length,
  maxItems: PROBABILITY_BINS.length,
})

/** How many media got a probability in each of `PROBABILITY_BINS`, from curves that were fitted without them. */
export const Reference = Type.Object({ real: Counts, fake: Counts })
export type Reference = Static<typeof Reference>

/** A calibration of its own for faces of one range of size: small ones carry less detail to judge by. */
export const Stratum = Type.Object({
  sideFrom: Type.Number({ minimum: 0, description: 'side of the crop in pixels of the picture' }),
  sideTo: Nullable(Type.Number(), { description: 'not included; null: no end' }),
  curve: Curve,
  bands: Bands,
  samples: Type.Integer(),
})
export type Stratum = Static<typeof Stratum>

const Part = Type.Object({
  curve: Curve,
  bands: Bands,
  samples: Type.Integer(),
  strata: Type.Optional(
    Type.Array(Stratum, { description: 'ascending; a face in none of them is judged by the whole' }),
  ),
  reference: Type.Optional(Reference),
})

/** `models/<id>/calibration.json`: a curve for each kind of media, and for each stratum that has enough media. */
export const Calibration = Type.Object({
  status: CalibrationStatus,
  fittedOn: Type.String(),
  prior: Type.Number({
    exclusiveMinimum: 0,
    exclusiveMaximum: 1,
    description: 'share of manipulated media assumed',
  }),
  ...Type.Record(MediaKind, Part).properties,
  minimumFrames: Type.Integer({ minimum: 1, description: 'fewer usable frames of a video: inconclusive' }),
  minimumSide: Type.Optional(
    Type.Number({
      minimum: 0,
      description: 'side of the crop in pixels of the picture; nothing was learnt below it: inconclusive',
    }),
  ),
})
export type Calibration = Static<typeof Calibration>
