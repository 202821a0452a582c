import { type Command, Option } from 'commander'
import { modelsDirOption } from '../analyze/analyze-flags.ts'
import type { Outcome } from '../exit-status.ts'
import { count, number, whole } from '../number-argument.ts'

/** Adds `unswap models`, which lists the models, and `unswap models triton`. */
export function addModelsCommands(program: Command, end: (outcome: Outcome) => void): void {
  const models = program
    .command('models')
    .description('the models that are there, proven by their self-test')
    .addOption(modelsDirOption())
    .option('--json', 'as JSON')
    .action(async (flags: { modelsDir: string; json?: true }) => {
      const { listModels } = await import('./list-models.ts')
      end(await listModels(flags))
    })

  models
    .command('triton')
    .description('write the classifiers as a model repository for NVIDIA Triton')
    .requiredOption('--out <dir>', 'folder to write')
    .addOption(
      new Option('--device <device>', 'where Triton runs them').choices(['cpu', 'gpu']).default('cpu'),
    )
    .addOption(
      new Option('--variants <which>', 'weights: both, or one; 8-bit weights gain nothing on most GPUs')
        .choices(['both', 'int8', 'float'])
        .default('both'),
    )
    .addOption(new Option('--instances <n>', 'of each network').argParser(count).default(1))
    .addOption(new Option('--max-batch <n>', 'most crops in one run').argParser(powerOfTwo).default(32))
    .addOption(
      new Option('--delay <us>', 'longest wait for other crops, in microseconds')
        .argParser(whole)
        .default(2000),
    )
    .action(async (_: unknown, command: Command) => {
      const { writeTriton } = await import('./write-triton.ts')
      await writeTriton(command.optsWithGlobals())
      end('done')
    })
}

const powerOfTwo = (text: string): number =>
  number(text, 'a power of two, 8 or more', (n) => Number.isSafeInteger(n) && n >= 8 && (n & (n - 1)) === 0)
