import type { Calibration } from '@unswap/contract'
import type { Classifier, Scorer } from '@unswap/detector'
import { probabilityAt } from '../calibration/curve.ts'
import type { CropRow } from '../preprocess/crop-row.ts'
import type { PreparedFolder } from '../preprocess/prepared.ts'
import { type Degradation, degrade, GRID } from './degrade.ts'
import { type Figures, figuresOf } from './figures.ts'
import type { MapFigures } from './masks.ts'
import { perFrame, perVideo } from './media.ts'
import { type PooledMedia, pooled } from './pooled.ts'
import { brierScore, expectedCalibrationError, type ReliabilityBin, reliability } from './reliability.ts'
import { areaUnderRisk, type RiskPoint, riskCoverage } from './risk.ts'
import { type OperatingPoint, rocCurve } from './roc.ts'
import type { Sample } from './sample.ts'
import { type ScoredCrop, scoreCrops } from './score.ts'

/** Everything that is known of one classifier on one set of crops. */
export interface ModelEvaluation {
  readonly model: string
  readonly variant: string
  /** Logit from which the manifest calls a crop manipulated. */
  readonly threshold: number
  /** Values are logits of frames, and their means over a video: the rule of published figures. */
  readonly frame: Figures
  readonly video: Figures
  /** Frames of the fakes of one method (compression, family, source) against all reals of the same compression. */
  readonly groups: readonly { readonly by: string; readonly name: string; readonly frame: Figures }[]
  readonly roc: readonly Pick<OperatingPoint, 'falsePositiveRate' | 'truePositiveRate'>[]
  /** Of the media-level probabilities; null when the model has no calibration that can be read. */
  readonly calibration: CalibrationFigures | null
  readonly robustness: readonly (Degradation & { readonly crops: number; readonly frame: Figures })[]
}

interface CalibrationFigures {
  readonly status: Calibration['status']
  readonly fittedOn: string
  readonly expectedCalibrationError: number
  readonly brierScore: number
  readonly reliability: readonly ReliabilityBin[]
  /** Answering only the surest. */
  readonly risk: readonly RiskPoint[]
  readonly areaUnderRisk: number
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
  readonly signal?: AbortSignal
  readonly onProgress?: (done: number, total: number) => void
}

/** Scores the crops once, and some of them spoilt, and measures every model on them. */
export async function evaluate(
  prepared: PreparedFolder,
  { classifiers, scorer, calibrations, robustness, signal, onProgress }: EvaluateOptions,
): Promise<Omit<Evaluation, 'maps'>> {
  const probe = robustness > 0 ? { ...prepared, rows: spread(prepared.rows, robustness) } : null
  const total = prepared.rows.length + (probe ? probe.rows.length * GRID.length : 0)
  let before = 0
  const score = async (part: PreparedFolder, how: Degradation) => {
    const crops = await scoreCrops(part, {
      scorer,
      degrade: (square, row) => degrade(square, row, how),
      ...(signal ? { signal } : {}),
      onProgress: (done) => onProgress?.(before + done, total),
    })
    before += part.rows.length
    return crops
  }
  const crops = await score(prepared, { kind: 'none', level: 0 })
  const spoilt: { readonly how: Degradation; readonly crops: ScoredCrop[] }[] = []
  for (const how of probe ? GRID : []) spoilt.push({ how, crops: await score(probe!, how) })

  const models = classifiers.map(({ manifest, variant }, model): ModelEvaluation => {
    const threshold = manifest.thresholds.manipulated ?? 0
    const frames = framesOf(crops, model)
    return {
      model: manifest.id,
      variant,
      threshold,
      frame: figuresOf(frames, threshold),
      video: figuresOf(perVideo(frames), threshold),
      groups: groupsOf(crops, model, threshold),
      roc: bothLabels(frames) ? thinned(rocCurve(frames)) : [],
      calibration: calibrationOf(pooled(crops, model), calibrations[model] ?? null),
      robustness: spoilt.map(({ how, crops: own }) => ({
        ...how,
        crops: own.length,
        frame: figuresOf(framesOf(own, model), threshold, 100),
      })),
    }
  })
  const data = {
    splits: [...new Set(prepared.rows.map(({ split }) => split))].toSorted(),
    crops: crops.length,
    media: new Set(prepared.rows.map(({ source, path }) => `${source}/${path}`)).size,
  }
  return { schema: 'unswap.evaluation/1', data, models }
}

function framesOf(crops: readonly ScoredCrop[], model: number) {
  return perFrame(
    crops.map(({ row, logits }) => ({
      label: row.label,
      video: `${row.source}/${row.path}`,
      frame: row.seconds,
      side: row.quality.side,
      value: logits[model]!,
    })),
  )
}

const GROUPS = ['method', 'family', 'compression', 'source'] as const

function groupsOf(crops: readonly ScoredCrop[], model: number, threshold: number): ModelEvaluation['groups'] {
  return GROUPS.flatMap((by) => {
    const names = [...new Set(crops.map(({ row }) => row[by]).filter((name) => name !== null))].toSorted()
    if (names.length < 2 && (by === 'source' || by === 'compression')) return []
    return names.map((name) => {
      const fakes = crops.filter(({ row }) => row.label === 'fake' && row[by] === name)
      const reals = crops.filter(({ row }) => row.label === 'real' && belongs(row, by, name, fakes))
      return { by, name, frame: figuresOf(framesOf([...reals, ...fakes], model), threshold, 100) }
    })
  })
}

/** Reals are compared within their source and compression, so that those cannot stand in for the forgery. */
function belongs(
  row: CropRow,
  by: (typeof GROUPS)[number],
  name: string,
  fakes: readonly ScoredCrop[],
): boolean {
  if (by === 'source' || by === 'compression') return row[by] === name
  return fakes.some((fake) => fake.row.source === row.source && fake.row.compression === row.compression)
}

function calibrationOf(
  media: readonly PooledMedia[],
  calibration: Calibration | null,
): CalibrationFigures | null {
  if (calibration === null) return null
  const samples = media.map(
    (sample): Sample => ({
      ...sample,
      value: probabilityAt(calibration[sample.kind].curve, sample.value),
    }),
  )
  const risk = riskCoverage(samples, 0.5)
  return {
    status: calibration.status,
    fittedOn: calibration.fittedOn,
    expectedCalibrationError: expectedCalibrationError(samples),
    brierScore: brierScore(samples),
    reliability: reliability(samples),
    risk: thinned(risk),
    areaUnderRisk: areaUnderRisk(risk),
  }
}

const bothLabels = (samples: readonly Sample[]) => new Set(samples.map(({ label }) => label)).size === 2

/** Points enough for a plot. */
function thinned<T>(points: readonly T[], most = 200): T[] {
  const step = Math.max(1, points.length / most)
  const kept = points.filter((_, i) => Math.floor(i / step) !== Math.floor((i - 1) / step))
  return kept.at(-1) === points.at(-1) ? kept : [...kept, points.at(-1)!]
}

/** `count` rows of each label, spread evenly over the data set. */
function spread(rows: readonly CropRow[], count: number): CropRow[] {
  return (['real', 'fake'] as const).flatMap((label) => {
    const own = rows.filter((row) => row.label === label)
    const kept = Math.min(count, own.length)
    return Array.from({ length: kept }, (_, i) => own[Math.floor(((i + 0.5) * own.length) / kept)]!)
  })
}
