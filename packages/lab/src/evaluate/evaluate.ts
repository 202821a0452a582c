import type { Calibration } from '@unswap/contract'
import type { Classifier, Scorer } from '@unswap/detector'
import { LABELS } from '../lab-vocabulary.ts'
import type { PreparedFolder } from '../preprocess/read-prepared.ts'
import { perVideo } from './crops/frame-and-video-scores.ts'
import { pickEvenly } from './crops/pick-evenly.ts'
import { poolMedia } from './crops/pool-media.ts'
import { type ScoredCrop, scoreCrops } from './crops/score-crops.ts'
import { type DeletionFigures, judgeByDeletion } from './maps/deletion-test.ts'
import type { MapFigures } from './maps/judge-maps.ts'
import { framesOf, type GroupFigures, groupsOf } from './metrics/group-figures.ts'
import { type Figures, figuresOf } from './metrics/label-figures.ts'
import type { Sample } from './metrics/labelled-sample.ts'
import { type ProbabilityFigures, probabilitiesOf } from './metrics/probability-figures.ts'
import { type OperatingPoint, rocCurve } from './metrics/roc-curve.ts'
import { thinPoints } from './report/thin-points.ts'
import { type Degradation, degrade, GRID } from './robustness/degrade-crops.ts'

/** Everything that is known of one classifier on one set of crops. */
export interface ModelEvaluation {
  readonly model: string
  readonly variant: string
  /** Logit from which the manifest calls a crop manipulated. */
  readonly threshold: number
  /** Values are logits of frames, and their means over a video: the rule of published figures. */
  readonly frame: Figures
  readonly video: Figures
  readonly groups: readonly GroupFigures[]
  readonly roc: readonly Pick<OperatingPoint, 'falsePositiveRate' | 'truePositiveRate'>[]
  /** Of the media-level probabilities; null when the model has no calibration that can be read. */
  readonly calibration: ProbabilityFigures | null
  readonly robustness: readonly (Degradation & { readonly crops: number; readonly frame: Figures })[]
  /** Of fakes that the model finds; null when it has no map or finds none. */
  readonly deletion: DeletionFigures | null
}

export interface Evaluation {
  readonly schema: 'unswap.evaluation/1'
  readonly data: { readonly splits: readonly string[]; readonly crops: number; readonly media: number }
  readonly models: readonly ModelEvaluation[]
  /** Of all models' maps together; null when no true mask was there. */
  readonly maps: MapFigures | null
}

export interface EvaluateOptions {
  readonly classifiers: readonly Classifier[]
  readonly scorer: Scorer
  /** In the order of the classifiers; null for one without. */
  readonly calibrations: readonly (Calibration | null)[]
  /** Crops of each label in the robustness grid, 0 for none. */
  readonly robustness: number
  /** How they are degraded; `GRID` by default. */
  readonly grid?: readonly Degradation[]
  /** Crops of fakes in the deletion test, 0 for none. */
  readonly deletion: number
  readonly signal?: AbortSignal
  readonly onProgress?: (done: number, total: number) => void
}

/** Scores the crops once, some of them degraded too, and measures every model on them. */
export async function evaluate(
  prepared: PreparedFolder,
  options: EvaluateOptions,
): Promise<Omit<Evaluation, 'maps'>> {
  const { classifiers, scorer, calibrations, robustness, signal, onProgress } = options
  const grid = robustness > 0 ? (options.grid ?? GRID) : []
  const probe = { ...prepared, rows: spread(prepared.rows, robustness) }
  const total = prepared.rows.length + probe.rows.length * grid.length
  let before = 0
  const score = async (part: PreparedFolder, how: Degradation) => {
    const crops = await scoreCrops(part, {
      scorer,
      degrade: (squares, rows) => degrade(squares, rows, how),
      ...(signal ? { signal } : {}),
      onProgress: (done) => onProgress?.(before + done, total),
    })
    before += part.rows.length
    return crops
  }
  const crops = await score(prepared, { kind: 'none', level: 0 })
  const degraded: { readonly how: Degradation; readonly crops: ScoredCrop[] }[] = []
  for (const how of grid) degraded.push({ how, crops: await score(probe, how) })

  const models: ModelEvaluation[] = []
  for (const [model, classifier] of classifiers.entries()) {
    const { manifest, variant } = classifier
    const threshold = manifest.thresholds.manipulated ?? 0
    const frames = framesOf(crops, model)
    const found = crops.filter(({ row, logits }) => row.label === 'fake' && logits[model]! >= threshold)
    const rows = pickEvenly(found, options.deletion).map(({ row }) => row)
    models.push({
      model: manifest.id,
      variant,
      threshold,
      frame: figuresOf(frames, threshold),
      video: figuresOf(perVideo(frames), threshold),
      groups: groupsOf(crops, model, threshold),
      roc: bothLabels(frames) ? thinPoints(rocCurve(frames)) : [],
      calibration: probabilitiesOf(poolMedia(crops, model), calibrations[model] ?? null),
      robustness: degraded.map(({ how, crops: own }) => ({
        ...how,
        crops: own.length,
        frame: figuresOf(framesOf(own, model), threshold, 100),
      })),
      deletion: await judgeByDeletion({ ...prepared, rows }, classifier, signal),
    })
  }
  const data = {
    splits: [...new Set(prepared.rows.map(({ split }) => split))].toSorted(),
    crops: crops.length,
    media: new Set(prepared.rows.map(({ source, path }) => `${source}/${path}`)).size,
  }
  return { schema: 'unswap.evaluation/1', data, models }
}

const bothLabels = (samples: readonly Sample[]) => new Set(samples.map(({ label }) => label)).size === 2

/** `count` rows of each label. */
const spread = (rows: PreparedFolder['rows'], count: number) =>
  LABELS.flatMap((label) =>
    pickEvenly(
      rows.filter((row) => row.label === label),
      count,
    ),
  )
