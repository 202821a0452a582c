import { Command } from 'commander'
import { type AnalyzeFlags, addAnalyzeFlags, modelsDirOption } from './analyze/analyze-flags.ts'
import { VERSION } from './cli-version.ts'
import type { Outcome } from './exit-status.ts'
import { addKeysCommands } from './keys/keys-commands.ts'
import { addLabCommands } from './lab/lab-commands.ts'
import { addModelsCommands } from './models/commands.ts'
import { addSigningCommands } from './signing/signing-commands.ts'
import { addTrainCommand } from './train/train-command.ts'
import { addVerifyCommand } from './verify/verify-command.ts'

const EXIT_HELP = `
Exit status: 0 done · 1 a verdict of --fail-on, or drift · 2 wrong usage · 3 media that cannot be read
             4 over a limit · 5 something missing on this machine · 6 a fault of Unswap · 130 cancelled
             For several files it is that of the worst; all others are still analysed.`

/**
 * The command line. Each command loads its code when it is called, so that `--help` need not wait for the
 * networks; `end` is called with the outcome.
 */
export function buildProgram(end: (outcome: Outcome) => void): Command {
  const program = new Command('unswap')
    .description('Finds deepfakes in photographs and videos.')
    .version(VERSION)
    .exitOverride()
    .showHelpAfterError('(see --help)')
    .addHelpText('after', EXIT_HELP)

  addAnalyzeFlags(program.command('analyze'))
    .description('analyse photographs and videos')
    .argument('<file...>', 'files, folders, quoted patterns such as "**/*.jpg", or - for stdin')
    .addHelpText('after', EXIT_HELP)
    .action(async (files: string[], flags: AnalyzeFlags) => {
      const { runAnalyze } = await import('./analyze/run-analyze.ts')
      end(await runAnalyze(files, flags))
    })

  addVerifyCommand(program, end)
  addSigningCommands(program, end)
  addModelsCommands(program, end)

  program
    .command('doctor')
    .description('what works on this machine, what is missing, and the command that mends it')
    .addOption(modelsDirOption())
    .option('--json', 'as JSON')
    .action(async (flags: { modelsDir: string; json?: true }) => {
      const { runDoctor } = await import('./doctor/run-doctor.ts')
      end(await runDoctor(flags))
    })

  program
    .command('schema')
    .description('the JSON schema of a report')
    .action(async () => {
      const { Report } = await import('@unswap/contract')
      process.stdout.write(`${JSON.stringify(Report, null, 2)}\n`)
    })

  addLabCommands(program, end)
  addTrainCommand(program, end)
  addKeysCommands(program, end)

  return program
}
