import { UnswapError } from '@unswap/contract'
import { Refusal } from '../problem.ts'
import type { Database } from '../storage/database.ts'
import { abandonIdempotent, beginIdempotent, finishIdempotent } from '../storage/idempotency.ts'

export interface OnceOptions {
  readonly owner: string
  readonly route: string
  /** `Idempotency-Key`; without one the work is simply done. */
  readonly key: string | undefined
  /** The same for the same request, so that a key is not taken for another one. */
  readonly identity: string
}

/**
 * Does the work once per key: a repeat within a day gets the first answer again, a repeat while the first is still at
 * work is asked to come back. A failure gives the key back.
 * @throws UnswapError `body_malformed` for a key that is too long; Refusal `conflict`
 */
export async function once<T>(
  db: Database,
  { owner, route, key, identity }: OnceOptions,
  work: () => Promise<T>,
): Promise<T> {
  if (key === undefined) return work()
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw new UnswapError('body_malformed', 'Idempotency-Key is 1 to 255 visible ASCII characters.')
  }
  const request = { owner, route, key, bodyHash: identity }
  const start = await beginIdempotent(db, request)
  if (start.outcome === 'replay') return JSON.parse(start.response.body) as T
  if (start.outcome === 'conflict') {
    throw new UnswapError('conflict', 'This Idempotency-Key was used for another request; take a new one.')
  }
  if (start.outcome === 'pending') {
    throw new Refusal('conflict', 'The first request with this Idempotency-Key is still at work.', {
      retryAfterSeconds: 1,
    })
  }
  try {
    const result = await work()
    await finishIdempotent(db, request, { status: 202, body: JSON.stringify(result) })
    return result
  } catch (error) {
    await abandonIdempotent(db, request)
    throw error
  }
}
