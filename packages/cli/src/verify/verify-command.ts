import type { Command } from 'commander'
import { modelsDirOption } from '../analyze/analyze-flags.ts'
import type { Outcome } from '../exit-status.ts'
import type { VerifyFlags } from './run-verify.ts'

const HELP = `
Exit status: 0 all that was checked holds · 10 the signature is not valid · 11 unsigned · 12 no key fits
             13 no report that can be read · 14 other media · 15 other models · 16 another result
             2, 3, 4, 5, 6 and 130 as of all commands. For several findings it is the first of these.`

export function addVerifyCommand(program: Command, end: (outcome: Outcome) => void): void {
  program
    .command('verify')
    .description('check that a report is signed, is of this media, and comes out again')
    .argument('<report>', 'a report, or an analysis of the service, as JSON')
    .argument('[media]', 'the photograph or video that it is said to be of')
    .option('--key <file...>', 'public key that you trust, as PEM')
    .option('--keys <where>', 'JWK set that you trust: a file, or an address such as …/api/v1/signing-keys')
    .option('--again', 'analyse the media again with the settings of the report, and compare')
    .addOption(modelsDirOption())
    .option('--json', 'as JSON')
    .addHelpText('after', HELP)
    .action(async (report: string, media: string | undefined, flags: VerifyFlags) => {
      const { runVerify } = await import('./run-verify.ts')
      end(await runVerify(report, media ?? null, flags))
    })
}
