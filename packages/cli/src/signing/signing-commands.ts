import type { Command } from 'commander'
import type { Outcome } from '../exit-status.ts'

/** `unswap signing`: the keys that sign reports. */
export function addSigningCommands(program: Command, end: (outcome: Outcome) => void): void {
  const signing = program.command('signing').description('make and show the keys that sign reports')

  signing
    .command('new')
    .description('make a private key (Ed25519, PEM, readable by you alone); its public half is printed')
    .argument('<file>', 'where to write it; a file that is there is never overwritten')
    .action(async (file: string) => {
      const { runSigningNew } = await import('./run-signing.ts')
      end(await runSigningNew(file))
    })

  signing
    .command('show')
    .description('the public half of keys, to give to those who verify')
    .argument('<file...>', 'private or public keys')
    .option('--jwks', 'as one JWK set')
    .action(async (files: string[], flags: { jwks?: true }) => {
      const { runSigningShow } = await import('./run-signing.ts')
      end(await runSigningShow(files, flags))
    })
}
