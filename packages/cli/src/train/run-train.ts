import { basename, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { UnswapError } from '@unswap/contract'
import { readManifests } from '@unswap/detector'
import {
  changesToMarkdown,
  estimateTimes,
  findTrainerPython,
  hasBegun,
  readDataset,
  setUpTrainerPython,
  type TrainerPlaces,
  type TrainingFolder,
  type TrainingSettings,
  trainingFolder,
  trainModel,
} from '@unswap/lab'
import { cancelOnSignal } from '../cancel-on-signal.ts'
import type { Outcome } from '../exit-status.ts'
import { note } from '../terminal/notices.ts'
import { printable } from '../terminal/printable.ts'
import { openBar } from '../terminal/progress-bar.ts'
import { estimateTable } from './estimate-table.ts'
import { trainProgress } from './train-progress.ts'

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url))

export interface TrainFlags {
  readonly out: string
  readonly from?: string
  readonly minutes: number
  readonly name?: string
  readonly frames: number
  readonly crops?: string
  readonly licence: string
  readonly dryRun?: true
  readonly concurrency: number
  readonly modelsDir: string
  readonly quiet?: true
}

interface TrainArguments {
  readonly layout: string
  readonly root: string
  readonly words: readonly string[]
}

/** `unswap train`: a model folder, and on stdout what it is better and worse at than the model before. */
export async function runTrain({ layout, root, words }: TrainArguments, flags: TrainFlags): Promise<Outcome> {
  const { signal } = cancelOnSignal()
  const { modelsDir, minutes } = flags
  const folder = trainingFolder(flags.out, flags.crops)
  const dataset = await readDataset(layout, root, flags.name)
  const settings: TrainingSettings = {
    ...{ layout, root: resolve(root), name: dataset.name, frames: flags.frames, options: words },
    from: flags.from === undefined ? null : await startOf(flags.from, modelsDir, folder),
  }
  const goesOn = await hasBegun(folder, settings)
  const places: TrainerPlaces = {
    trainer: join(ROOT, 'trainer'),
    environment: join(ROOT, '.unswap/trainer-env'),
    asked: process.env.UNSWAP_PYTHON,
  }
  const { trainer } = places
  if (flags.dryRun) {
    const python = await findTrainerPython(places)
    const estimates = await estimateTimes(dataset, settings, {
      ...{ modelsDir, minutes, signal, trainer: python === null ? null : { python, trainer } },
    })
    process.stdout.write(estimateTable(estimates))
    return 'done'
  }
  if (goesOn) note(`going on with ${printable(folder.work)}`)
  const python = await setUpTrainerPython(places, note, signal)
  const bar = openBar(process.stderr, !flags.quiet)
  const tell = trainProgress(bar, {
    minutes,
    lines: !flags.quiet && !process.stderr.isTTY,
    quiet: !!flags.quiet,
  })
  const options = { modelsDir, minutes, licence: flags.licence, concurrency: flags.concurrency, signal, tell }
  const { changes, calibration } = await trainModel(dataset, folder, settings, {
    ...options,
    trainer: { python, trainer },
  }).finally(() => bar.stop())
  const before = settings.from === null ? null : basename(settings.from)
  process.stdout.write(`${changesToMarkdown(changes, { before, after: folder.id })}\n\n`)
  process.stdout.write(`calibration: ${calibration.status}. ${printable(calibration.fittedOn)}\n`)
  process.stdout.write(`wrote ${printable(folder.out)}; try it: ${howToAnalyse(folder, modelsDir)}\n`)
  return 'done'
}

function howToAnalyse({ out, id }: TrainingFolder, modelsDir: string): string {
  return resolve(modelsDir) === resolve(out, '..')
    ? `./run.sh analyze --models ${id} FILE`
    : `move it beside the others in ${printable(modelsDir)}, then ./run.sh analyze --models ${id} FILE`
}

/** The folder of the model that training goes on from, by its id or its path. */
async function startOf(from: string, modelsDir: string, folder: TrainingFolder): Promise<string> {
  const place = /^[a-z0-9][a-z0-9.-]*$/.test(from) ? resolve(modelsDir, from) : resolve(from)
  const id = basename(place)
  await readManifests(resolve(place, '..'), [id])
  if (id !== folder.id) return place
  throw new UnswapError('bad_option', `The new model needs another name than ${id}, which it goes on from.`)
}
