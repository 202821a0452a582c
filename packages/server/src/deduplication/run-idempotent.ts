import { createHash, randomUUIDv7 } from 'node:crypto'
import { UnswapError } from '@unswap/contract'
import type { FastifyRequest } from 'fastify'
import { type Caller, sharesAnonymousOwner } from '../access/caller.ts'
import { hashAddress } from '../access/record-audit.ts'
import type { Service } from '../boot/service.ts'
import type { Database } from '../storage/database.ts'
import { Refusal } from '../to-problem.ts'
import { abandonIdempotent, beginIdempotent, finishIdempotent, renewIdempotent } from './idempotency-store.ts'

/** Well below the 20 seconds after which a request counts as lost. */
const RENEW_MILLISECONDS = 5000

export interface IdempotentOptions {
  /** Keys of different owners are independent: see `idempotencyOwner`. */
  readonly owner: string
  readonly route: string
  /** The header `Idempotency-Key`; without it the work is always done. */
  readonly key: string | undefined
  /** What the request asks for; two requests with one key must agree in it. */
  readonly identity: unknown
}

/**
 * The owner of an idempotency key. Callers who share the owner `anonymous` do not know of each other's keys; they are
 * told apart by address.
 */
export const idempotencyOwner = (
  { config }: Pick<Service, 'config'>,
  caller: Caller,
  { ip }: FastifyRequest,
): string =>
  sharesAnonymousOwner(caller, config.access) ? `${caller.id}:${hashAddress(config, ip)}` : caller.id

/**
 * Does the work once per key. Within a day a repeat gets the first answer again; while the first request is running,
 * a repeat gets `conflict`. A failure releases the key.
 * @param work Gets the id of what it makes. With `again` it must first look whether that exists already: an earlier
 * try may have died after the work was done.
 * @throws UnswapError `body_malformed` for a malformed key; Refusal `conflict`
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
    // If this fails too, the key counts as lost 20 seconds later.
    await abandonIdempotent(db, request).catch(() => undefined)
    throw error
  } finally {
    clearInterval(alive)
  }
}
