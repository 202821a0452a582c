import Type, { type Static } from 'typebox'
import { Count, Nullable, Probability } from './primitives.ts'
import { Stage } from './vocabulary-schema.ts'

/** One step of a running analysis. `share` is 0..1 over the whole, or null while the length is unknown. */
export const Progress = Type.Object({
  stage: Stage,
  frames: Type.Integer({ minimum: 0, description: 'frames done' }),
  framesTotal: Nullable(Count),
  share: Nullable(Probability),
  faces: Type.Integer({ minimum: 0, description: 'tracks so far' }),
  highestScore: Nullable(Probability, {
    description: 'highest uncalibrated score so far; not a verdict',
  }),
})
export type Progress = Static<typeof Progress>
