import { availableParallelism } from 'node:os'
import { PREPROCESS_DEFAULTS } from '@unswap/lab/vocabulary'
import { type Command, Option } from 'commander'
import { modelsDirOption } from '../analyze/analyze-flags.ts'
import type { Outcome } from '../exit-status.ts'
import { count, number } from '../number-argument.ts'
import type { TrainFlags } from './run-train.ts'

const HELP = `
Data sets: as of \`unswap dataset\`. Stopped at any point, the same command goes on. Words after -- are options
of the trainer (trainer/README.md): unswap train … -- --video 0.6 --autoencoders none
UNSWAP_PYTHON names a Python that has PyTorch; without it an environment is made once, in .unswap/trainer-env.`

/** Adds `train`. */
export function addTrainCommand(program: Command, end: (outcome: Outcome) => void): void {
  program
    .command('train')
    .description('from a labelled data set to a model of your own, in one command')
    .argument('<dataset>', 'its layout')
    .argument('<root>', 'its folder')
    .argument('[words...]', 'after --: options of the trainer')
    .requiredOption('--out <folder>', 'folder of the new model; its last part is its id')
    .option(
      '--from <model>',
      'model that it goes on from: an id or a folder (default: from nothing, for a GPU)',
    )
    .option('--minutes <n>', 'how long it trains, over all the times that it is stopped', minutes, 90)
    .option(
      '--name <name>',
      'what the data set is called (default: as published; your own: its folder or file)',
    )
    .option('--frames <n>', 'frames per video', count, PREPROCESS_DEFAULTS.frames)
    .option('--crops <folder>', 'keep the crops here, for the next run (default: removed at the end)')
    .option('--licence <text>', 'what the training pictures allow', 'unstated')
    .option('--dry-run', 'say how long each step will take, and write nothing')
    .addOption(
      new Option('--concurrency <n>', 'processes that look for faces')
        .argParser(count)
        .default(availableParallelism(), 'one per processor'),
    )
    .addOption(modelsDirOption())
    .option('--quiet', 'no progress')
    .addHelpText('after', HELP)
    .action(async (layout: string, root: string, words: string[], flags: TrainFlags) => {
      const { runTrain } = await import('./run-train.ts')
      end(await runTrain({ layout, root, words }, flags))
    })
}

const minutes = (text: string) => number(text, 'a number above 0', (n) => n > 0 && Number.isFinite(n))
