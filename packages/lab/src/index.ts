// The public door of the lab.
export { type BandRates, conformalBands } from './calibration/bands.ts'
export { type Calibrated, calibrateMedia, type FitChoice } from './calibration/calibrate.ts'
export { type CurveOptions, fitCurve, probabilityAt } from './calibration/curve.ts'
export {
  type CalibrateOptions,
  compareFits,
  type FitComparison,
  fitCalibration,
  type SizedSample,
} from './calibration/fit.ts'
export { type Calibrator, FITS, type Fit, type FitName, shiftPrior } from './calibration/fits.ts'
export { crossValidated, foldsByGroup } from './calibration/folds.ts'
export {
  deriveProvisional,
  type ProvisionalEvidence,
  type TailShares,
  XCEPTION_1,
} from './calibration/provisional.ts'
export { ADAPTERS, readDataset } from './datasets/adapters.ts'
export type { Adapter, Dataset, Item, Split } from './datasets/item.ts'
export { type SplitShares, splitByIdentity } from './datasets/split.ts'
export { type Inventory, verifyDataset } from './datasets/verify.ts'
export { type Drift, type DriftLevel, findDrift, type KindDrift } from './drift/drift.ts'
export { countsSince, type LiveCounts, readCounts } from './drift/exposition.ts'
export { driftToHtml } from './drift/html.ts'
export { driftToText } from './drift/text.ts'
export { type BootstrapOptions, bootstrap, type Estimate } from './evaluate/bootstrap.ts'
export { type Degradation, degrade, GRID } from './evaluate/degrade.ts'
export { type DeletionFigures, judgeByDeletion } from './evaluate/deletion.ts'
export {
  type EvaluateOptions,
  type Evaluation,
  evaluate,
  type ModelEvaluation,
} from './evaluate/evaluate.ts'
export { evaluationToHtml } from './evaluate/html.ts'
export { judgeMaps, type MapFigures } from './evaluate/masks.ts'
export { type FaceScore, perFrame, perVideo } from './evaluate/media.ts'
export { type Mask, maskInCrop, overlap } from './evaluate/overlap.ts'
export { type PooledMedia, pooled } from './evaluate/pooled.ts'
export { averagePrecision } from './evaluate/precision.ts'
export { probabilitiesOf } from './evaluate/probabilities.ts'
export {
  brierScore,
  expectedCalibrationError,
  type ReliabilityBin,
  reliability,
} from './evaluate/reliability.ts'
export { areaUnderRisk, type RiskPoint, riskCoverage } from './evaluate/risk.ts'
export {
  auc,
  equalErrorRate,
  type OperatingPoint,
  pointAtFalsePositiveRate,
  ratesAt,
  rocCurve,
} from './evaluate/roc.ts'
export type { Label, Sample } from './evaluate/sample.ts'
export { type ScoredCrop, scoreCrops } from './evaluate/score.ts'
export { evaluationToMarkdown } from './evaluate/tables.ts'
export { makeBenchClip, makeFixtures } from './forge/fixtures.ts'
export { type Forgery, forge, forgeBy, type Subject } from './forge/forge.ts'
export { drawRecipe, FORGE_KINDS, type ForgeKind, jitterRecipe, type Recipe } from './forge/recipe.ts'
export { type Clip, type ClipForgery, clipFrames, forgeVideo } from './forge/video.ts'
export { CropRow } from './preprocess/crop-row.ts'
export type { Failure } from './preprocess/failure.ts'
export { findLeaks, type Leak } from './preprocess/leaks.ts'
export { isPrepared, type PreparedFolder, picturesOf, readPrepared } from './preprocess/prepared.ts'
export {
  type Prepared,
  type PreprocessOptions,
  type PreprocessProgress,
  preprocess,
} from './preprocess/preprocess.ts'
export { auditShortcuts, type Shortcut } from './preprocess/shortcuts.ts'
export { findRegressions } from './scorecard/compare.ts'
export { makeScorecard, type Scorecard, type ScoredMedia } from './scorecard/scorecard.ts'
