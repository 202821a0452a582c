import Type, { type Static } from 'typebox'
import { Band, Family, ReasonCode } from './vocabulary.ts'

export const Probability = Type.Number({ minimum: 0, maximum: 1 })

export const Reason = Type.Object({
  code: ReasonCode,
  message: Type.String(),
  faceId: Type.Optional(Type.String()),
})
export type Reason = Static<typeof Reason>

/**
 * A decision about one face or about the whole media. `probability` is null where no calibration stands
 * behind it; `interval` is the 90 % interval of the probability; `inconclusive` always carries a reason.
 */
export const Verdict = Type.Object({
  band: Band,
  probability: Type.Union([Probability, Type.Null()]),
  interval: Type.Union([Type.Tuple([Probability, Probability]), Type.Null()]),
  family: Type.Union([Family, Type.Null()], { description: 'the strongest family, when one is flagged' }),
  faceId: Type.Union([Type.String(), Type.Null()], { description: 'the face that decided' }),
  reasons: Type.Array(Reason),
})
export type Verdict = Static<typeof Verdict>
