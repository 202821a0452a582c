import { SCOPES, type Scope, UnswapError } from '@unswap/contract'
import type { Config } from '../config.ts'

/** Who sends a request. `id` owns what they submit: `key:<id>`, `user:<subject>` or `anonymous`. */
export interface Caller {
  readonly kind: 'key' | 'user' | 'anonymous'
  readonly id: string
  readonly name: string
  readonly scopes: ReadonlySet<Scope>
  /** A key's own limits; null for those of the service. */
  readonly requestsPerMinute: number | null
  readonly analysesPerDay: number | null
}

/** The scopes that are granted: `admin` includes all others. */
export const expandScopes = (scopes: readonly Scope[]): ReadonlySet<Scope> =>
  new Set(scopes.includes('admin') ? SCOPES : scopes)

/**
 * Throws unless the caller has the scope.
 * @throws UnswapError `unauthorized` for a caller without a key, `forbidden` for a known caller without the scope
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
 * Whether the caller shares the owner `anonymous` with others: with `access.anonymous` set to `anyone`, all callers
 * without a key do. They may reach what others sent only by its id, which its sender alone was given.
 */
export const sharesAnonymousOwner = (
  caller: Caller,
  { anonymous }: Pick<Config['access'], 'anonymous'>,
): boolean => caller.kind === 'anonymous' && anonymous === 'anyone'

/**
 * Throws unless the caller may list analyses. Callers who share the owner `anonymous` would see what all others sent.
 * @throws UnswapError `unauthorized`
 */
export function requireListAccess(caller: Caller, access: Pick<Config['access'], 'anonymous'>): void {
  if (!sharesAnonymousOwner(caller, access)) return
  throw new UnswapError(
    'unauthorized',
    'Lists need an API key: without one, an analysis is found by its id alone.',
  )
}

/** The owner that queries are limited to; null for admins, who see everything. */
export const ownerFilter = (caller: Caller): string | null => (caller.scopes.has('admin') ? null : caller.id)
