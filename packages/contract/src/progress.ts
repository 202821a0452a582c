import Type, { type Static } from 'typebox'

/** One step of a running analysis. `share` is 0..1 over the whole, or null while the length is unknown. */
export const Progress = Type.Object({
  stage: Type.Enum(['media', 'faces', 'scoring', 'temporal', 'report']),
  frames: Type.Integer({ minimum: 0, description: 'frames done' }),
  framesTotal: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()]),
  share: Type.Union([Type.Number({ minimum: 0, maximum: 1 }), Type.Null()]),
  faces: Type.Integer({ minimum: 0, description: 'tracks so far' }),
  highestScore: Type.Union([Type.Number({ minimum: 0, maximum: 1 }), Type.Null()], {
    description: 'highest uncalibrated score so far; not a verdict',
  }),
})
export type Progress = Static<typeof Progress>
