import Type, { type Static } from 'typebox'
import { Bands } from './calibration.ts'
import { ContentCredentials } from './credentials.ts'
import { Box, CropTransform, Point } from './geometry.ts'
import { MediaInfo, Sampling } from './media.ts'
import { Nullable, Probability, Sha256 } from './primitives.ts'
import { Signature } from './signature.ts'
import { Reason, Verdict } from './verdict.ts'
import { CalibrationStatus, Family, Output, ReasonCode, WeightVariant } from './vocabulary-schema.ts'

export const REPORT_SCHEMA = 'unswap.report/1'

/** Uncalibrated scores, 0..1: each the sigmoid of a (pooled) logit. */
export const Scores = Type.Record(Output, Probability)
export type Scores = Static<typeof Scores>

/** What makes a crop easy or hard to judge. `reasons` names each property that fails its threshold. */
export const Quality = Type.Object({
  side: Type.Number({ description: 'side of the crop in pixels of the picture' }),
  sharpness: Type.Number({
    description: 'spread of the Laplacian over the face, 0..255 scale; low is blurred',
  }),
  brightness: Type.Number({ description: 'mean luma inside the face, 0..255' }),
  clipped: Type.Number({ description: 'share of pixels at either end of the range, 0..1' }),
  yaw: Type.Number({ description: 'degrees, positive to the picture’s right' }),
  pitch: Type.Number({ description: 'degrees, positive down' }),
  roll: Type.Number({ description: 'degrees, clockwise' }),
  covered: Type.Number({ description: 'estimated share of the face that is covered, 0..1' }),
  outside: Type.Number({ description: 'share of the face outside the picture, 0..1' }),
  blocking: Type.Number({ description: 'strength of 8×8 block edges; 1 is none' }),
  reasons: Type.Array(ReasonCode),
})
export type Quality = Static<typeof Quality>

/** One face in one analysed frame. */
export const Observation = Type.Object({
  frame: Type.Integer({ minimum: 0, description: 'index into `frames`' }),
  seconds: Type.Number({ minimum: 0 }),
  box: Box,
  landmarks: Type.Array(Point, {
    description: 'eyes (picture left, right), nose, mouth corners (left, right)',
  }),
  detectionScore: Probability,
  crop: CropTransform,
  quality: Quality,
  usable: Type.Boolean(),
  scores: Scores,
  mapMean: Probability,
})
export type Observation = Static<typeof Observation>

/** Where in the face: summary of the manipulation map of the most telling crop. */
export const MapSummary = Type.Object({
  frame: Type.Integer({ minimum: 0 }),
  size: Type.Integer({ description: 'cells on a side; a cell is 8×8 pixels of the crop' }),
  mean: Probability,
  peak: Probability,
  area: Probability,
  regions: Type.Record(Type.String(), Probability, {
    description: 'mean over each region: eyes, nose, mouth, …',
  }),
})
export type MapSummary = Static<typeof MapSummary>

/** One measured property of how a track moves from frame to frame. Evidence, never the verdict by itself. */
export const TemporalMeasure = Type.Object({
  id: Type.Enum(['score_spread', 'score_jumps', 'landmark_jitter', 'inside_outside', 'temporal_head']),
  model: Type.Optional(Type.String({ description: 'whose temporal head it is' })),
  value: Type.Number(),
  unit: Type.String(),
  meaning: Type.String(),
  samples: Type.Integer({ minimum: 0 }),
})
export type TemporalMeasure = Static<typeof TemporalMeasure>

/** What one model says of one face, pooled over its usable frames. */
export const ModelScores = Type.Object({
  model: Type.String(),
  logit: Type.Number({ description: 'pooled logit of `manipulated`' }),
  scores: Scores,
  probability: Nullable(Probability),
  flagged: Type.Array(Family, { description: 'families over this model’s own thresholds' }),
})
export type ModelScores = Static<typeof ModelScores>

/** Where the bands of a verdict begin. Of several models it is the mean of their log-odds, which has no measured rate. */
export const JudgedBands = Type.Object(
  { ...Bands.properties, falsePositiveRate: Type.Optional(Probability) },
  {
    description: 'for faces of this size; only with a probability, and not in older reports',
  },
)
export type JudgedBands = Static<typeof JudgedBands>

/** One person's face through the media: in a photograph one observation, in a video a track. */
export const Face = Type.Object({
  id: Type.String(),
  firstSeconds: Type.Number({ minimum: 0 }),
  lastSeconds: Type.Number({ minimum: 0 }),
  observed: Type.Integer({ minimum: 1 }),
  usable: Type.Integer({ minimum: 0 }),
  scores: Scores,
  models: Type.Array(ModelScores),
  verdict: Verdict,
  bands: Type.Optional(JudgedBands),
  quality: Quality,
  map: Nullable(MapSummary),
  temporal: Type.Array(TemporalMeasure),
  timeline: Type.Array(Observation),
})
export type Face = Static<typeof Face>

export const ModelIdentity = Type.Object({
  id: Type.String(),
  variant: WeightVariant,
  sha256: Sha256(),
  temporal: Type.Optional(Type.Object({ sha256: Sha256() }, { description: 'its temporal head' })),
  calibration: Type.Object({
    sha256: Sha256(),
    status: CalibrationStatus,
    fittedOn: Type.String(),
    prior: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        exclusiveMaximum: 1,
        description: 'share of manipulated media assumed',
      }),
    ),
    bands: Type.Optional(Bands),
  }),
})
export type ModelIdentity = Static<typeof ModelIdentity>

/** Choices that change the result; the same media, settings and models give the same report. */
export const Settings = Type.Object({
  sampling: Sampling,
  maxFaces: Type.Integer({ minimum: 1 }),
  flip: Type.Boolean({ description: 'scores averaged with those of the mirrored crop' }),
})
export type Settings = Static<typeof Settings>

/** The result of an analysis, version 1. */
export const Report = Type.Object(
  {
    schema: Type.Literal(REPORT_SCHEMA),
    version: Type.String({ description: 'version of Unswap' }),
    media: MediaInfo,
    settings: Settings,
    models: Type.Array(ModelIdentity),
    verdict: Verdict,
    faces: Type.Array(Face, { description: 'most suspicious first' }),
    facesLeftOut: Type.Integer({ minimum: 0 }),
    frames: Type.Array(
      Type.Object({
        index: Type.Integer({ minimum: 0 }),
        seconds: Type.Number({ minimum: 0 }),
        faces: Type.Integer(),
      }),
    ),
    cuts: Type.Array(Type.Number({ minimum: 0 }), { description: 'seconds at which the scene changes' }),
    notes: Type.Array(Reason, { description: 'what else the reader should know' }),
    contentCredentials: Type.Optional(ContentCredentials),
    signature: Type.Optional(Signature),
  },
  { $id: REPORT_SCHEMA, title: 'Report' },
)
export type Report = Static<typeof Report>
