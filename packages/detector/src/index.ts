// The public door of the detector.
export type * from './analysis.ts'
export type * from './faces/face.ts'
export type * from './media/frame.ts'
export type * from './scoring/score.ts'
export type * from './temporal/track.ts'
