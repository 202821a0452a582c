import { availableParallelism } from 'node:os'
import {
  EVALUATE_DEFAULTS,
  FIT_NAMES,
  PREPROCESS_DEFAULTS,
  PUBLISHED_DATASETS,
  SPLITS,
} from '@unswap/lab/vocabulary'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { modelsDirOption } from '../analyze/analyze-flags.ts'
import type { Outcome } from '../exit-status.ts'
import { count, number, whole } from '../number-argument.ts'
import type { CalibrateFlags } from './run-calibrate.ts'
import type { PreprocessFlags } from './run-dataset.ts'
import type { DriftFlags } from './run-drift.ts'
import type { EvaluateFlags } from './run-evaluate.ts'

const LAYOUTS = `
Data sets: ${PUBLISHED_DATASETS.join(', ')},
           folders (real/ and fake/), csv (path,label and more; the root is the file)`

/** Adds the commands of the lab: data sets, evaluation, calibration. */
export function addLabCommands(program: Command, end: (outcome: Outcome) => void): void {
  const dataset = program.command('dataset').description('labelled data sets, for training and evaluation')

  dataset
    .command('verify')
    .description('what a data set holds and what it lacks')
    .argument('<name>', 'its layout')
    .argument('<root>', 'its folder')
    .option('--json', 'as JSON')
    .addHelpText('after', LAYOUTS)
    .action(async (name: string, root: string, flags: { json?: true }) => {
      const { runDatasetVerify } = await import('./run-dataset.ts')
      end(await runDatasetVerify(name, root, flags))
    })

  dataset
    .command('preprocess')
    .description('cut the faces out, for the trainer; stopped and started again it goes on')
    .argument('<name>', 'its layout')
    .argument('<root>', 'its folder')
    .requiredOption('--out <folder>', 'folder for the crops')
    .addOption(nameOption())
    .option('--frames <n>', 'frames per video', count, PREPROCESS_DEFAULTS.frames)
    .addOption(new Option('--split <split>', 'only what the data set itself puts into it').choices(SPLITS))
    .option('--drop-leaks', 'leave what is in two splits out of the lesser one, in place of refusing')
    .option('--max-faces <n>', 'faces per frame, largest first', count, PREPROCESS_DEFAULTS.facesPerFrame)
    .option(
      '--shard-items <n>',
      'files per shard: what a kill can cost',
      count,
      PREPROCESS_DEFAULTS.shardItems,
    )
    .addOption(concurrencyOption())
    .addOption(modelsDirOption())
    .option('--quiet', 'no progress')
    .addHelpText('after', LAYOUTS)
    .action(async (name: string, root: string, flags: PreprocessFlags) => {
      const { runDatasetPreprocess } = await import('./run-dataset.ts')
      end(await runDatasetPreprocess(name, root, flags))
    })

  program
    .command('evaluate')
    .description('how well classifiers tell labelled faces apart')
    .argument('<folder>', 'prepared crops, or a folder with real/ and fake/')
    .addOption(nameOption())
    .option('--models <ids>', 'classifiers, separated by commas (default: all)', list)
    .addOption(modelsDirOption())
    .addOption(
      new Option('--split <split>', 'part of prepared crops (default: test, or all when it has none)'),
    )
    .option(
      '--robustness <n>',
      'crops of each label to degrade, 0 for none',
      whole,
      EVALUATE_DEFAULTS.robustness,
    )
    .option(
      '--deletion <n>',
      'found fakes in the deletion test of the map, 0 for none',
      whole,
      EVALUATE_DEFAULTS.deletion,
    )
    .option('--masks <name:root>', 'data set that prepared crops come from, for its true masks', nameAndRoot)
    .option('--json <file>', 'write every figure')
    .option('--html <file>', 'write a page with plots')
    .option('--md <file>', 'write the table for a model card')
    .addOption(concurrencyOption())
    .option('--quiet', 'no progress')
    .action(async (folder: string, flags: EvaluateFlags) => {
      const { runEvaluate } = await import('./run-evaluate.ts')
      end(await runEvaluate(folder, flags))
    })

  program
    .command('calibrate')
    .description('fit probabilities to a classifier, and write its calibration.json')
    .argument('<prepared...>', 'prepared crops that the classifier was not trained on')
    .requiredOption('--model <id>', 'the classifier')
    .addOption(modelsDirOption())
    .addOption(new Option('--split <split>', 'part of the crops (default: val, or all when it has none)'))
    .addOption(
      new Option(
        '--fit <fit>',
        'kind of curve (default: lowest Brier score of the four, cross-validated)',
      ).choices(FIT_NAMES),
    )
    .option('--false-positives <rate>', 'most real media called likely_manipulated', rate, 0.05)
    .option('--misses <rate>', 'most manipulated media called likely_authentic', rate, 0.1)
    .option('--prior <share>', 'share of manipulated media that probabilities assume', rate, 0.5)
    .option(
      '--strata <sides>',
      'sides of the crop at which faces get a curve of their own, where there are media enough; none: ""',
      sides,
      [112, 224],
    )
    .option('--out <file>', 'where to write (default: calibration.json of the model)')
    .option('--quiet', 'no progress')
    .action(async (prepared: string[], flags: CalibrateFlags) => {
      const { runCalibrate } = await import('./run-calibrate.ts')
      end(await runCalibrate(prepared, flags))
    })

  program
    .command('drift')
    .description('compare what a service says with what its calibration expects; exit 1 when it has drifted')
    .requiredOption('--metrics <url|file>', 'the /metrics of a service, or what was saved of it')
    .requiredOption('--calibration <path>', 'models/<id>, or its calibration.json')
    .option('--since <file>', 'metrics saved earlier: only what came after counts')
    .option('--share <share>', 'manipulated media among those analysed (default: as calibrated)', rate)
    .option('--header <name: value>', 'sent with the request; may be given again', collected)
    .option('--json <file>', 'write every figure')
    .option('--html <file>', 'write a page with both histograms')
    .action(async (flags: DriftFlags) => {
      const { runDrift } = await import('./run-drift.ts')
      end(await runDrift(flags))
    })
}

const nameOption = () =>
  new Option(
    '--name <name>',
    'what the data set is called (default: as published; your own: its folder or file)',
  )

const concurrencyOption = () =>
  new Option('--concurrency <n>', 'threads that look for faces')
    .argParser(count)
    .default(availableParallelism(), 'one per processor')

function sides(text: string): number[] {
  const found = text === '' ? [] : text.split(',').map(count)
  if (found.every((side, i) => side > (found[i - 1] ?? 0))) return found
  throw new InvalidArgumentError('Write sides in pixels, smallest first: 112,224.')
}

const rate = (text: string) => number(text, 'between 0 and 1', (n) => n > 0 && n < 1)

function nameAndRoot(text: string): { name: string; root: string } {
  const [, name, root] = /^([a-z-]+):(.+)$/s.exec(text) ?? []
  if (!name || !root) throw new InvalidArgumentError('Write it as faceforensics:/path/to/FaceForensics++.')
  return { name, root }
}

const collected = (text: string, before: readonly string[] = []) => [...before, text]
const list = (text: string) => text.split(',').map((item) => item.trim())
