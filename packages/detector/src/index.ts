// The public door of the detector.
export type * from './analysis.ts'
export { calibrate, partFor, probabilityOf } from './calibration/calibrate.ts'
export {
  type CalibratedModel,
  type LoadedCalibration,
  loadCalibration,
  loadCalibrations,
  readCalibration,
} from './calibration/load.ts'
export { openDetector } from './detector.ts'
export { type AlignOptions, alignFace } from './faces/align.ts'
export { type Faces, type Located, type LocateOptions, openFaces } from './faces/detect.ts'
export type * from './faces/face.ts'
export type { OpenFacesOptions } from './faces/models.ts'
export { probeVideoDecoders, type VideoDecoders } from './media/decoders.ts'
export type * from './media/frame.ts'
export { type Isolation, probeIsolation } from './media/isolation.ts'
export { openMedia } from './media/open.ts'
export { type EvidenceFile, type EvidenceRole, listEvidence, renderEvidence } from './report/evidence.ts'
export { type HtmlOptions, renderHtml } from './report/html/page.ts'
export { reportToJson } from './report/json.ts'
export { packEvidence, packedCrop, unpackEvidence } from './report/pack.ts'
export { PALETTE } from './report/palette.ts'
export { describeReport, type SummaryLine } from './report/summary.ts'
export {
  type Classifier,
  type OpenClassifiersOptions,
  openClassifiers,
  type Trial,
} from './scoring/classifiers.ts'
export type { Remote } from './scoring/kserve/call.ts'
export { type TritonOptions, writeTritonRepository } from './scoring/kserve/repository.ts'
export { readManifests } from './scoring/manifests.ts'
export { mapMean, meanMap, summarizeMap } from './scoring/map.ts'
export type * from './scoring/score.ts'
export { type BatchTimes, createScorer, type ScorerOptions } from './scoring/scorer.ts'
export { scoresOf, sigmoid } from './scoring/scores.ts'
export { type Device, describeRuntime } from './scoring/session.ts'
export { parseSigned } from './signing/canonical.ts'
export {
  createSigningKey,
  keyIdOf,
  publicPem,
  readPublicKeys,
  readSigningKey,
  toKeySet,
} from './signing/key.ts'
export { compareModels } from './signing/models.ts'
export { checkSignature, type SignatureState, signReport } from './signing/sign.ts'
export { faceColours } from './temporal/colours.ts'
export { winsorisedMean } from './temporal/robust.ts'
export { createTrackSummary, type TrackAccumulator, type TrackSummaryOptions } from './temporal/summary.ts'
export type * from './temporal/track.ts'
export type { JudgingModel } from './verdict/ensemble.ts'
export { decideFace, type FaceDecision } from './verdict/face.ts'
export { decideMedia, type MediaFacts } from './verdict/media.ts'
export { temperFaces } from './verdict/several.ts'
