import { access, mkdir, readFile, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { UnswapError } from '@unswap/contract'
import { writeWhole } from '../preprocess/shard.ts'

/** What a run of `train` was begun with; one that goes on must have the same. */
export interface TrainingSettings {
  readonly layout: string
  /** Absolute. */
  readonly root: string
  readonly name: string
  /** Folder of the model that it goes on from, absolute; null: from nothing. */
  readonly from: string | null
  readonly frames: number
  /** For the trainer itself. */
  readonly options: readonly string[]
}

/** Where the parts of an unfinished run lie: beside the model, in a folder that holds no manifest, so it is no model. */
export interface TrainingFolder {
  readonly id: string
  readonly out: string
  readonly work: string
  readonly crops: string
  readonly run: string
  /** A folder of models with the new one and the one before. */
  readonly models: string
  readonly model: string
}

/** @throws UnswapError `bad_option` when the name is no id of a model */
export function trainingFolder(out: string, crops?: string): TrainingFolder {
  const whole = resolve(out)
  const id = basename(whole)
  if (!/^[a-z0-9][a-z0-9.-]*$/.test(id)) {
    throw new UnswapError(
      'bad_option',
      `“${id}” cannot be a model: lower-case letters, digits, dots, dashes.`,
    )
  }
  const work = join(dirname(whole), `.${id}.training`)
  const models = join(work, 'models')
  return {
    ...{ id, out: whole, work, models, model: join(models, id), run: join(work, 'run') },
    crops: crops === undefined ? join(work, 'crops') : resolve(crops),
  }
}

/**
 * Whether there is something to go on with.
 * @throws UnswapError `bad_option` when the model is there already, or another command began it
 */
export async function hasBegun(folder: TrainingFolder, settings: TrainingSettings): Promise<boolean> {
  if (await isThere(folder.out)) {
    throw new UnswapError('bad_option', `${folder.out} is there already: name another folder with --out.`)
  }
  const before = await readFile(join(folder.work, 'settings.json'), 'utf8').catch(() => null)
  if (before === null) return false
  if (before === textOf(settings)) return true
  throw new UnswapError(
    'bad_option',
    `${folder.work} was begun with other settings: give the same command again, delete it, or name another --out.`,
  )
}

export async function beginTraining(folder: TrainingFolder, settings: TrainingSettings): Promise<void> {
  await mkdir(folder.models, { recursive: true })
  await writeWhole(join(folder.work, 'settings.json'), textOf(settings))
}

/** The step by this name was done, with this outcome, in this run or one before; null: it is to be done. */
export const doneBefore = (folder: TrainingFolder, step: string): Promise<string | null> =>
  readFile(join(folder.work, `${step}.done`), 'utf8').catch(() => null)

export const markDone = (folder: TrainingFolder, step: string, outcome: string): Promise<void> =>
  writeWhole(join(folder.work, `${step}.done`), outcome)

/** Moves the whole model to its place, and removes the rest. */
export async function finishTraining(folder: TrainingFolder): Promise<void> {
  if (await isThere(folder.out)) {
    throw new UnswapError(
      'bad_option',
      `${folder.out} was made by somebody else meanwhile; the new model is ${folder.model}.`,
    )
  }
  await rename(folder.model, folder.out)
  await rm(folder.work, { recursive: true })
}

const textOf = (settings: TrainingSettings) => `${JSON.stringify(settings, null, 2)}\n`

export const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )
