import { createHash, randomUUIDv7 } from 'node:crypto'
import { UnswapError } from '@unswap/contract'
import type { FastifyRequest } from 'fastify'
import { type Caller, sharesAnonymousOwner } from '../access/caller.ts'
import { hashAddress } from '../access/record-audit.ts'
import type { Service } from '../boot/service.ts'
import type { Database } from '../storage/database.ts'
import { Refusal } from '../to-problem.ts'
import { abandonIdempotent, beginIdempotent, finishIdempotent, renewIdempotent } from './idempotency-store.ts'

/** Several of these fit into the time after which a silent request counts as lost. */
const RENEW_MILLISECONDS = 5000

export interface IdempotentOptions {
  /** Whose keys are told apart from those of others: see `idempotencyOwner`. */
  readonly owner: string
  readonly route: string
  /** `Idempotency-Key`; without one the work is simply done. */
  readonly key: string | undefined
  /** What makes two requests the same, so that a key is not taken for another one. */
  readonly identity: unknown
}

/** Who repeats a request. Strangers choose their keys without knowing of each other, and are told apart by address. */
export const idempotencyOwner = (
  { config }: Pick<Service, 'config'>,
  caller: Caller,
  { ip }: FastifyRequest,
): string =>
  sharesAnonymousOwner(caller, config.access) ? `${caller.id}:${hashAddress(config, ip)}` : caller.id

/**
 * Does the work once per key: a repeat within a day gets the first answer again, a repeat while the first is still at
 * work is asked to come back. A failure gives the key back. `work` is given the id of what it makes; with `again` it
 * looks first whether that is there, made by a process that died, or that lost the database, before it could say so.
 * @throws UnswapError `body_malformed` for a key that is too long; Refusal `conflict`
 */
export async function runIdempotent<T>(
  db: Database,
  { owner, route, key, identity }: IdempotentOptions,
  work: (id: string, again: boolean) => Promise<T>,
): Promise<T> {
  const fresh = randomUUIDv7()
  if (key === undefined) return work(fresh, false)
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw new UnswapError('body_malformed', 'Idempotency-Key is 1 to 255 visible ASCII characters.')
  }
  const bodyHash = createHash('sha256').update(JSON.stringify(identity)).digest('hex')
  const request = { owner, route, key, bodyHash }
  const start = await beginIdempotent(db, request, fresh)
  if (start.outcome === 'replay') return JSON.parse(start.response.body) as T
  if (start.outcome === 'conflict') {
    throw new UnswapError('conflict', 'This Idempotency-Key was used for another request; take a new one.')
  }
  if (start.outcome === 'pending') {
    throw new Refusal('conflict', 'The first request with this Idempotency-Key is still at work.', {
      retryAfterSeconds: 1,
    })
  }
  const alive = setInterval(
    () => void renewIdempotent(db, request).catch(() => undefined),
    RENEW_MILLISECONDS,
  )
  try {
    const result = await work(start.id, start.again)
    await finishIdempotent(db, request, { status: 202, body: JSON.stringify(result) })
    return result
  } catch (error) {
    // Where even that fails, the key counts as lost a little later.
    await abandonIdempotent(db, request).catch(() => undefined)
    throw error
  } finally {
    clearInterval(alive)
  }
}
