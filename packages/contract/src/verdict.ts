import Type, { type Static } from 'typebox'
import { Nullable, Probability } from './primitives.ts'
import { Band, Family, ReasonCode } from './vocabulary-schema.ts'

export const Reason = Type.Object({
  code: ReasonCode,
  message: Type.String(),
  faceId: Type.Optional(Type.String()),
})
export type Reason = Static<typeof Reason>

/**
 * A decision about one face or about the whole media. `probability` is null where there is no calibration, `interval` is
 * its 90 % interval. `inconclusive` always has a reason.
 */
export const Verdict = Type.Object({
  band: Band,
  probability: Nullable(Probability),
  interval: Nullable(Type.Tuple([Probability, Probability])),
  family: Nullable(Family, { description: 'the strongest family, when one is flagged' }),
  faceId: Nullable(Type.String(), { description: 'the face that decided' }),
  reasons: Type.Array(Reason),
})
export type Verdict = Static<typeof Verdict>
