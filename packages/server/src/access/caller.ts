import { SCOPES, type Scope, UnswapError } from '@unswap/contract'
import type { Config } from '../config.ts'

/** Who is asking. `id` owns what they submit: `key:<id>`, `user:<subject>` or `anonymous`. */
export interface Caller {
  readonly kind: 'key' | 'user' | 'anonymous'
  readonly id: string
  readonly name: string
  readonly scopes: ReadonlySet<Scope>
  /** Own bounds of a key; null for the service’s. */
  readonly requestsPerMinute: number | null
  readonly analysesPerDay: number | null
}

/** A set of scopes in which `admin` stands for all. */
export const expandScopes = (scopes: readonly Scope[]): ReadonlySet<Scope> =>
  new Set(scopes.includes('admin') ? SCOPES : scopes)

/**
 * Lets a caller with the scope pass.
 * @throws UnswapError `unauthorized` for nobody in particular, `forbidden` for somebody without the scope
 */
export function requireScope(caller: Caller | null, scope: Scope): asserts caller is Caller {
  if (caller?.scopes.has(scope)) return
  if (caller === null || caller.kind === 'anonymous') {
    throw new UnswapError(
      'unauthorized',
      `This needs an API key with the scope ${scope}: send it as "Authorization: Bearer usk_…". Make one with "unswap keys create".`,
    )
  }
  throw new UnswapError('forbidden', `This needs the scope ${scope}, which ${caller.name} does not have.`)
}

/**
 * Whether a caller is one of many who share an owner: where anyone may come without a key, all who do are `anonymous`. What
 * one of them sent must reach none of the others but by its id, which is known to whom it was given alone.
 */
export const sharesAnonymousOwner = (
  caller: Caller,
  { anonymous }: Pick<Config['access'], 'anonymous'>,
): boolean => caller.kind === 'anonymous' && anonymous === 'anyone'

/**
 * Lets a caller pass who may have a list of what they sent; it would show a stranger what all others sent.
 * @throws UnswapError `unauthorized`
 */
export function requireListAccess(caller: Caller, access: Pick<Config['access'], 'anonymous'>): void {
  if (!sharesAnonymousOwner(caller, access)) return
  throw new UnswapError(
    'unauthorized',
    'Lists need an API key: without one, an analysis is found by its id alone.',
  )
}

/** The owner whose analyses a caller may see; null for all. */
export const ownerFilter = (caller: Caller): string | null => (caller.scopes.has('admin') ? null : caller.id)
