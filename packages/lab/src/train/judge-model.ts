import { readFile, symlink, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Calibration, ClassifierManifest } from '@unswap/contract'
import { createScorer, loadCalibration, openClassifiers } from '@unswap/detector'
import { poolMedia } from '../evaluate/crops/pool-media.ts'
import { type ScoredCrop, scoreCrops } from '../evaluate/crops/score-crops.ts'
import { evaluate } from '../evaluate/evaluate.ts'
import type { CropRow } from '../preprocess/crop-row.ts'
import { readPrepared } from '../preprocess/read-prepared.ts'
import { type Change, compareBeforeAfter } from './before-after.ts'
import { countData, type DataCounts, modelCard, summaryOf } from './model-card.ts'
import { calibrateHonestly } from './provisional-calibration.ts'
import type { TrainingFolder, TrainingSettings } from './training-folder.ts'

export interface JudgedModel {
  readonly changes: readonly Change[]
  readonly calibration: Calibration
  readonly data: DataCounts
}

interface JudgeOptions {
  readonly minutes: number
  readonly signal?: AbortSignal
  readonly tell: { readonly scoring: (done: number, total: number) => void }
}

/**
 * Scores the crops that were held out with the new model and the one before; writes calibration, figures, card, and what
 * the manifest says of the training. Opening the models proves them on their goldens.
 */
export async function judgeModel(
  folder: TrainingFolder,
  settings: TrainingSettings,
  { minutes, signal, tell }: JudgeOptions,
): Promise<JudgedModel> {
  const { models: modelsDir, model, id } = folder
  const before = settings.from === null ? null : basename(settings.from)
  if (before !== null) {
    await symlink(settings.from!, join(modelsDir, before)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
  }
  const prepared = await readPrepared(folder.crops)
  const rows = prepared.rows.filter(({ split }) => split !== 'train')
  const classifiers = await openClassifiers({ modelsDir })
  const scorer = createScorer(classifiers)
  const placeOf = (name: string) => classifiers.findIndex(({ manifest }) => manifest.id === name)
  const at = { before: before === null ? null : placeOf(before), after: placeOf(id) }
  try {
    const crops = await scoreCrops(
      { ...prepared, rows },
      { scorer, ...(signal && { signal }), onProgress: tell.scoring },
    )
    const calibration = calibrated(crops, at.after)
    await writeJson(join(model, 'calibration.json'), calibration)
    const changes = compareBeforeAfter(inSplit(crops, 'val'), at)
    const test = rows.filter(({ split }) => split === 'test')
    const measured = test.length > 0 ? test : rows
    const calibrations = classifiers.map(async ({ manifest }) =>
      loadCalibration(modelsDir, manifest.id).then(
        (loaded) => loaded.calibration,
        () => null,
      ),
    )
    const figures = await evaluate(
      { ...prepared, rows: measured },
      {
        classifiers,
        scorer,
        calibrations: await Promise.all(calibrations),
        robustness: 0,
        deletion: 0,
        ...(signal && { signal }),
      },
    )
    await writeJson(join(model, 'figures.json'), { ...figures, maps: null })
    const data = countData(prepared.rows)
    const manifest = JSON.parse(await readFile(join(model, 'manifest.json'), 'utf8')) as ClassifierManifest
    const summary = summaryOf(settings, data, minutes)
    await writeJson(join(model, 'manifest.json'), {
      ...manifest,
      training: { ...manifest.training, summary },
    })
    await writeFile(
      join(model, 'MODEL_CARD.md'),
      modelCard({ manifest, summary, data, calibration, changes, before }),
    )
    return { changes, calibration, data }
  } finally {
    await scorer.close()
  }
}

/** On `val`; with `test` where that alone cannot promise the rates. */
function calibrated(crops: readonly ScoredCrop[], model: number): Calibration {
  const val = inSplit(crops, 'val')
  const own = calibrateHonestly(poolMedia(val, model), describe(val))
  const more = val.length < crops.length && own.status === 'provisional'
  return more ? calibrateHonestly(poolMedia(crops, model), describe(crops)) : own
}

const inSplit = (crops: readonly ScoredCrop[], split: CropRow['split']) =>
  crops.filter(({ row }) => row.split === split)

function describe(crops: readonly ScoredCrop[]): string {
  const list = (values: readonly string[]) => [...new Set(values)].toSorted().join(', ') || 'none'
  const media = new Set(crops.map(({ row }) => `${row.source}/${row.path}`)).size
  return `${media} media of ${list(crops.map(({ row }) => row.source))}, split ${list(crops.map(({ row }) => row.split))}`
}

const writeJson = (path: string, value: unknown) => writeFile(path, `${JSON.stringify(value, null, 2)}\n`)
