import type { Key, Scope } from '@unswap/contract'
import { administerKeys } from '@unswap/server'
import type { Outcome } from '../exit-status.ts'

/** Flags of `unswap keys create`, as commander hands them over. */
export interface KeysCreateFlags {
  readonly name: string
  readonly scope: string[]
  readonly expiresInDays?: number
  readonly requestsPerMinute?: number
  readonly analysesPerDay?: number
  readonly json?: true
}

const print = (text: string) => void process.stdout.write(`${text}\n`)

/** Makes a key. The secret alone goes to standard output, so that a script can take it. */
export async function runKeysCreate(flags: KeysCreateFlags): Promise<Outcome> {
  const { name, scope, expiresInDays, requestsPerMinute, analysesPerDay } = flags
  const created = await administerKeys((keys) =>
    keys.create({
      name,
      scopes: scope as Scope[],
      ...(expiresInDays === undefined ? {} : { expiresInDays }),
      ...(requestsPerMinute === undefined ? {} : { requestsPerMinute }),
      ...(analysesPerDay === undefined ? {} : { analysesPerDay }),
    }),
  )
  if (flags.json) print(JSON.stringify(created, null, 2))
  else {
    process.stderr.write(
      `Key ${created.key.id} (${created.key.scopes.join(', ')}). Keep it: it is not shown again.\n`,
    )
    print(created.secret)
  }
  return 'done'
}

export async function runKeysList({ json }: { json?: true }): Promise<Outcome> {
  const found = await administerKeys((keys) => keys.list())
  if (json) print(JSON.stringify(found, null, 2))
  else if (found.length === 0)
    print('There are no keys. Make one: unswap keys create --name me --scope admin')
  else for (const key of found) print(describeKey(key))
  return 'done'
}

export async function runKeysRevoke(id: string): Promise<Outcome> {
  const ended = await administerKeys((keys) => keys.revoke(id))
  print(`${ended.name} (${ended.start}…) is revoked.`)
  return 'done'
}

function describeKey(key: Key): string {
  const day = (time: string | null, otherwise: string) => time?.slice(0, 10) ?? otherwise
  const state =
    key.revokedAt !== null
      ? `revoked ${day(key.revokedAt, '')}`
      : `expires ${day(key.expiresAt, 'never')}, last used ${day(key.lastUsedAt, 'never')}`
  return `${key.id}  ${key.start}…  ${key.scopes.join('+')}  ${state}  ${key.name}`
}
