// The public door of the detector.
export type { Analysis, AnalyzeOptions, Detector, DetectorOptions, Timings } from './analysis/options.ts'
export { calibrate, partFor, probabilityOf } from './calibration/calibrate.ts'
export type * from './classifiers/crop-score.ts'
export type { Remote } from './classifiers/kserve/call.ts'
export { type TritonOptions, writeTritonRepository } from './classifiers/kserve/triton-repository.ts'
export { meanMap } from './classifiers/manipulation-map.ts'
export { type Classifier, openClassifiers, type Trial } from './classifiers/open-classifiers.ts'
export { type BatchTimes, createScorer } from './classifiers/scorer.ts'
export { sigmoid } from './classifiers/scores.ts'
export { openDetector } from './detector.ts'
export { alignFace, type CropSpec } from './faces/align.ts'
export type * from './faces/face.ts'
export { type Faces, openFaces } from './faces/find-faces.ts'
export { REFERENCE_CROP } from './faces/reference-crop.ts'
export type * from './media/frame.ts'
export { openMedia } from './media/open-media.ts'
export { probeIsolation } from './media/video/ffmpeg/isolation.ts'
export { probeVideoDecoders } from './media/video/installed-decoders.ts'
export { loadCalibration, readCalibration } from './models/calibrations.ts'
export { readManifests } from './models/manifests.ts'
export { type ModelFolder, readModelFolders } from './models/model-folders.ts'
export { MANIPULATED } from './models/outputs.ts'
export { type Device, describeRuntime } from './onnx/execution-providers.ts'
export type * from './report/evidence/evidence.ts'
export { packEvidence, packedCrop, unpackEvidence } from './report/evidence/pack.ts'
export { type EvidenceFile, listEvidence, renderEvidence } from './report/evidence/render-evidence.ts'
export { addDecision } from './report/html/decision-section.ts'
export { renderHtml } from './report/html/render-html.ts'
export { reportToJson } from './report/json.ts'
export { parseSigned } from './report/signing/canonical.ts'
export { compareModels } from './report/signing/compare-models.ts'
export { checkSignature, type SignatureState, signReport } from './report/signing/sign.ts'
export {
  createSigningKey,
  keyIdOf,
  publicPem,
  readPublicKeys,
  readSigningKey,
  toKeySet,
} from './report/signing/signing-key.ts'
export { describeReport, type SummaryLine } from './report/text/summary.ts'
export { winsorisedMean } from './temporal/robust.ts'
export { VERSION } from './version.ts'
