import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Bands, type Calibration, UnswapError } from '@unswap/contract'
import { createScorer, openClassifiers } from '@unswap/detector'
import {
  calibrateMedia,
  type FitName,
  poolMedia,
  readPrepared,
  type ScoredCrop,
  scoreCrops,
} from '@unswap/lab'
import { cancelOnSignal } from '../cancel-on-signal.ts'
import type { Outcome } from '../exit-status.ts'
import { note } from '../terminal/notices.ts'
import { printable } from '../terminal/printable.ts'
import { openBar } from '../terminal/progress-bar.ts'
import { chooseSplit } from './choose-split.ts'

/** Fewer usable frames of a video give no verdict, as in the calibrations that come with the project. */
const MINIMUM_FRAMES = 8

export interface CalibrateFlags {
  readonly model: string
  readonly modelsDir: string
  readonly split?: string
  readonly fit?: FitName
  readonly falsePositives: number
  readonly misses: number
  readonly prior: number
  readonly strata: readonly number[]
  readonly out?: string
  readonly quiet?: true
}

/** `unswap calibrate`: writes `calibration.json`, and says how the four kinds of curves compare. */
export async function runCalibrate(folders: readonly string[], flags: CalibrateFlags): Promise<Outcome> {
  const { signal } = cancelOnSignal()
  const { modelsDir } = flags
  const bar = openBar(process.stderr, !flags.quiet)
  const scorer = createScorer(await openClassifiers({ modelsDir, models: [flags.model] }))
  const crops: ScoredCrop[] = []
  try {
    for (const folder of folders) {
      const chosen = chooseSplit(await readPrepared(folder), flags.split, 'val')
      const onProgress = (done: number, total: number) =>
        bar.update(done / total, `${printable(folder)} ${done}/${total} crops scored`)
      crops.push(...(await scoreCrops(chosen, { scorer, signal, onProgress })))
    }
  } finally {
    bar.stop()
    await scorer.close()
  }
  for (const label of ['real', 'fake'] as const) {
    if (crops.some(({ row }) => row.label === label)) continue
    const [split] = new Set(crops.map(({ row }) => row.split))
    throw new UnswapError(
      'bad_option',
      `The crops taken (split ${split}) hold no ${label} media; calibration needs both. Name another with --split, or more folders.`,
    )
  }
  const { calibration, fit, compared, oneKind } = calibrateMedia(poolMedia(crops, 0), {
    fit: flags.fit,
    fittedOn: describe(crops),
    falsePositiveRate: flags.falsePositives,
    missRate: flags.misses,
    prior: flags.prior,
    minimumFrames: MINIMUM_FRAMES,
    strata: flags.strata,
  })
  const path = flags.out ?? join(modelsDir, flags.model, 'calibration.json')
  await writeFile(path, `${JSON.stringify(calibration, null, 2)}\n`)
  if (oneKind) note('photographs or videos are missing: one curve stands for both')
  for (const { fit: name, brierScore, expectedCalibrationError } of compared) {
    const chosen = name === fit ? ' ←' : ''
    const figures = `Brier ${brierScore.toFixed(4)}  ECE ${expectedCalibrationError.toFixed(4)}`
    process.stdout.write(`${name.padEnd(12)} ${figures}${chosen}\n`)
  }
  for (const kind of ['image', 'video'] as const) process.stdout.write(describePart(kind, calibration))
  process.stdout.write(`wrote ${printable(path)}\n`)
  return 'done'
}

/** What faces of each size are judged by. */
function describePart(kind: 'image' | 'video', calibration: Calibration): string {
  const { bands, samples, strata = [] } = calibration[kind]
  const line = (name: string, part: { bands: Bands; samples: number }) =>
    `${`${kind} ${name}`.padEnd(24)} ${part.samples} media, likely_manipulated from ` +
    `${part.bands.manipulated.toFixed(3)}, likely_authentic to ${part.bands.authentic.toFixed(3)}\n`
  const sized = strata.map((part) => line(`${part.sideFrom} to ${part.sideTo ?? 'any'} px`, part))
  return [line('of any size', { bands, samples }), ...sized].join('')
}

/** Which data the probabilities hold for. */
function describe(crops: readonly ScoredCrop[]): string {
  const list = (values: Iterable<string | null>) =>
    [...new Set(values)].filter((value) => value !== null).join(', ')
  const sources = list(crops.map(({ row }) => row.source))
  const splits = list(crops.map(({ row }) => row.split))
  const compressions = list(crops.map(({ row }) => row.compression))
  const videos = new Set(crops.map(({ row }) => `${row.source}/${row.path}`)).size
  return `${videos} media of ${sources}, split ${splits}${compressions ? `, ${compressions}` : ''}`
}
