import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createScorer, openClassifiers } from '@unswap/detector'
import type { Dataset } from '../datasets/dataset-item.ts'
import { pickEvenly } from '../evaluate/crops/pick-evenly.ts'
import { scoreCrops } from '../evaluate/crops/score-crops.ts'
import { LABELS } from '../lab-vocabulary.ts'
import { preprocess } from '../preprocess/preprocess.ts'
import { readPrepared } from '../preprocess/read-prepared.ts'
import { holdOut } from './hold-out.ts'
import { runTrainer, type Trainer } from './run-trainer.ts'
import { parseStep } from './step-line.ts'
import type { TrainingSettings } from './training-folder.ts'

/** Files of each label that are tried. */
const TRIED = 3
const STEPS = 3
const WARM = { tried: 3, usual: 400 } as const

/** How long each step will take; null where it was not measured. */
export interface TimeEstimate {
  readonly step: string
  readonly seconds: number | null
  readonly basis: string
}

export interface EstimateOptions {
  readonly modelsDir: string
  readonly minutes: number
  /** Null where its environment is not installed yet. */
  readonly trainer: Trainer | null
  readonly signal?: AbortSignal
}

/** Tries every step on a few files, in a folder that is removed again. */
export async function estimateTimes(
  dataset: Dataset,
  settings: TrainingSettings,
  options: EstimateOptions,
): Promise<TimeEstimate[]> {
  const scratch = await mkdtemp(join(tmpdir(), 'unswap-train-'))
  const { modelsDir, trainer, minutes, signal } = options
  try {
    const { items } = holdOut(dataset)
    const tried = LABELS.flatMap((label) =>
      pickEvenly(
        items.filter((item) => item.label === label),
        TRIED,
      ),
    ).map((item) => ({ ...item, split: 'train' as const }))
    const crops = join(scratch, 'crops')
    const cutting = await seconds(() =>
      preprocess({ ...dataset, items: tried }, crops, {
        ...{ modelsDir, leaks: 'ignore', frames: settings.frames, shardItems: 1 },
        ...(signal && { signal }),
      }),
    )
    const prepared = await readPrepared(crops)
    const perItem = prepared.rows.length / tried.length
    const heldOut = items.filter(({ split }) => split !== 'train').length * perItem
    const scoring = await scoringSeconds(scratch, settings, options)
    const models = settings.from === null ? 1 : 2
    return [
      setUp(trainer),
      {
        step: 'cut the faces out',
        seconds: (cutting * items.length) / tried.length,
        basis: `${items.length} files, measured on ${tried.length}`,
      },
      ...(trainer === null
        ? [unmeasured(minutes)]
        : await trainingTimes(scratch, settings, trainer, minutes, signal)),
      { step: 'export, also in 8 bits', seconds: null, basis: 'some minutes, not measured' },
      {
        step: 'calibrate and compare',
        seconds: scoring === null ? null : heldOut * scoring * (models + 1),
        basis: `about ${Math.round(heldOut)} crops held out${scoring === null ? ', not measured' : ''}`,
      },
    ]
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

const setUp = (trainer: Trainer | null): TimeEstimate =>
  trainer
    ? { step: 'set Python up', seconds: 0, basis: 'is there' }
    : { step: 'set Python up', seconds: null, basis: 'some hundred megabytes to download, once' }

const unmeasured = (minutes: number): TimeEstimate => ({
  ...{ step: 'train', seconds: 60 * minutes },
  basis: 'as asked for; its speed can be measured once Python is set up',
})

/** Of a crop, by the model before. */
async function scoringSeconds(
  scratch: string,
  { from }: TrainingSettings,
  { signal }: EstimateOptions,
): Promise<number | null> {
  if (from === null) return null
  const prepared = await readPrepared(join(scratch, 'crops'))
  const [modelsDir, id] = [join(from, '..'), from.split('/').at(-1)!]
  const scorer = createScorer(await openClassifiers({ modelsDir, models: [id] }))
  const took = await seconds(() => scoreCrops(prepared, { scorer, ...(signal && { signal }) })).finally(() =>
    scorer.close(),
  )
  return took / prepared.rows.length
}

/** A few steps of the trainer, by the times at which it tells of them. */
async function trainingTimes(
  scratch: string,
  { from, options }: TrainingSettings,
  trainer: Trainer,
  minutes: number,
  signal: AbortSignal | undefined,
): Promise<TimeEstimate[]> {
  let [ready, first, last] = [0, 0, 0]
  let images = 0
  const own = options.filter((word, i) => word !== '--steps' && options[i - 1] !== '--steps')
  const renders = own[own.indexOf('--autoencoders') + 1] !== 'none' || !own.includes('--autoencoders')
  const warmed = own.includes('--warm-autoencoders')
  await runTrainer(
    trainer,
    'train',
    [
      ...['--data', join(scratch, 'crops'), '--out', join(scratch, 'run'), '--steps', `${STEPS}`],
      ...(from === null ? [] : ['--from', from]),
      ...own,
      ...(warmed ? [] : ['--warm-autoencoders', `${WARM.tried}`]),
    ],
    {
      signal,
      onLine(line) {
        if (line.includes('weights are trained')) ready = performance.now()
        const step = parseStep(line)
        if (step === null) return
        if (first === 0) first = performance.now()
        else if (last === 0) [last, images] = [performance.now(), step.imagesPerSecond]
      },
    },
  )
  const perStep = (last - first) / 1000 / (STEPS - 1)
  const warming =
    renders && !warmed ? (Math.max(0, (first - ready) / 1000 - perStep) / WARM.tried) * WARM.usual : 0
  const steps = Number(options[options.indexOf('--steps') + 1])
  const long = options.includes('--steps') ? steps * perStep : 60 * minutes
  const train: TimeEstimate = {
    step: 'train',
    seconds: long,
    basis: `about ${Math.round(long / perStep)} steps, ${images.toFixed(1)} images/s`,
  }
  return warming === 0
    ? [train]
    : [{ step: 'warm the autoencoders up', seconds: warming, basis: '400 steps' }, train]
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return (performance.now() - began) / 1000
}
