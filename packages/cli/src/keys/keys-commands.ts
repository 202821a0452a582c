import { SCOPES } from '@unswap/contract'
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Outcome } from '../exit-status.ts'
import type { KeysCreateFlags } from './run-keys.ts'

function positive(text: string): number {
  const value = Number(text)
  if (!(value > 0)) throw new InvalidArgumentError('a number above zero is needed')
  return value
}

/** `unswap keys`: the API keys of the service that is configured on this machine. */
export function addKeysCommands(program: Command, end: (outcome: Outcome) => void): void {
  const keys = program.command('keys').description('make, list and revoke API keys of the service')

  keys
    .command('create')
    .description('make a key; its secret is printed this once')
    .requiredOption('--name <name>', 'whom or what it is for')
    .addOption(
      new Option('--scope <scope...>', 'what it may do; admin may do everything')
        .choices(SCOPES)
        .default(['analyze', 'read']),
    )
    .option('--expires-in-days <n>', 'after which it is refused', positive)
    .option('--requests-per-minute <n>', 'instead of the service’s limit', positive)
    .option('--analyses-per-day <n>', 'instead of the service’s limit', positive)
    .option('--json', 'as JSON')
    .action(async (flags: KeysCreateFlags) => {
      const { runKeysCreate } = await import('./run-keys.ts')
      end(await runKeysCreate(flags))
    })

  keys
    .command('list')
    .description('all keys, without their secrets')
    .option('--json', 'as JSON')
    .action(async (flags: { json?: true }) => {
      const { runKeysList } = await import('./run-keys.ts')
      end(await runKeysList(flags))
    })

  keys
    .command('revoke')
    .description('end a key for good')
    .argument('<id>', 'as the list shows it')
    .action(async (id: string) => {
      const { runKeysRevoke } = await import('./run-keys.ts')
      end(await runKeysRevoke(id))
    })
}
