import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Dataset } from '../datasets/dataset-item.ts'
import { type Prepared, type PreprocessProgress, preprocess } from '../preprocess/preprocess.ts'
import { holdOut } from './hold-out.ts'
import { type JudgedModel, judgeModel } from './judge-model.ts'
import { runTrainer, type Trainer } from './run-trainer.ts'
import { parseStep, type TrainingStep } from './step-line.ts'
import {
  beginTraining,
  doneBefore,
  finishTraining,
  isThere,
  markDone,
  type TrainingFolder,
  type TrainingSettings,
} from './training-folder.ts'

export interface TrainModelOptions {
  /** Folder of the face networks. */
  readonly modelsDir: string
  /** Of training itself, over all the times that it was stopped. */
  readonly minutes: number
  readonly trainer: Trainer
  /** What the training pictures allow; stands in manifest and card. */
  readonly licence: string
  readonly concurrency?: number
  readonly signal?: AbortSignal
  readonly tell: TrainingListener
}

/** Hears how far the work is. */
export interface TrainingListener {
  /** A step of the work begins. */
  readonly step: (what: string) => void
  readonly cutting: (progress: PreprocessProgress) => void
  readonly cut: (prepared: Prepared) => void
  readonly training: (step: TrainingStep) => void
  /** Anything else that the trainer says. */
  readonly said: (line: string) => void
  readonly scoring: (done: number, total: number) => void
}

/**
 * From a data set to a model that the detector runs. Stopped at any point and started again, it goes on; the model
 * appears at its place whole, at the end.
 * @throws UnswapError `bad_option`, `training_failed`, `cancelled`, and as `preprocess` and `openClassifiers` do
 */
export async function trainModel(
  dataset: Dataset,
  folder: TrainingFolder,
  settings: TrainingSettings,
  options: TrainModelOptions,
): Promise<JudgedModel> {
  const { tell, trainer, signal, modelsDir, concurrency } = options
  await beginTraining(folder, settings)
  tell.step('cutting the faces out')
  const prepared = await preprocess(holdOut(dataset), folder.crops, {
    modelsDir,
    leaks: 'drop',
    frames: settings.frames,
    onProgress: tell.cutting,
    ...(concurrency && { concurrency }),
    ...(signal && { signal }),
  })
  tell.cut(prepared)
  const onLine = (line: string) => {
    const step = parseStep(line)
    if (step === null) tell.said(line)
    else tell.training(step)
  }
  if ((await doneBefore(folder, 'train')) !== `${options.minutes}`) {
    tell.step('training')
    const goesOn = await isThere(join(folder.run, 'checkpoint.pt'))
    const args = [...trainingArguments(folder, settings, options.minutes), ...(goesOn ? ['--resume'] : [])]
    await runTrainer(trainer, 'train', args, { signal, onLine })
    await markDone(folder, 'train', `${options.minutes}`)
  }
  tell.step('exporting, in 8 bits too')
  await rm(folder.model, { recursive: true, force: true })
  const place = ['--run', folder.run, '--data', folder.crops, '--id', folder.id, '--out', folder.model]
  await runTrainer(trainer, 'export', [...place, '--licence', options.licence, '--int8'], { signal, onLine })
  tell.step('calibrating, and comparing before and after')
  const judged = await judgeModel(folder, settings, options)
  await finishTraining(folder)
  return judged
}

/** Options of `unswap_trainer.train`; `--steps` among the user's own takes the place of the minutes. */
function trainingArguments(
  { crops, run }: Pick<TrainingFolder, 'crops' | 'run'>,
  { from, options }: Pick<TrainingSettings, 'from' | 'options'>,
  minutes: number,
): string[] {
  return [
    ...['--data', crops, '--out', run],
    ...(from === null ? [] : ['--from', from]),
    ...(options.includes('--steps') ? [] : ['--minutes', `${minutes}`]),
    ...options,
  ]
}
