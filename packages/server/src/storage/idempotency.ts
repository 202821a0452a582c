import type { Database } from './database.ts'

/** One request that must not be done twice. `bodyHash` tells a repeat from another request under the same key. */
export interface IdempotentRequest {
  readonly owner: string
  readonly route: string
  readonly key: string
  readonly bodyHash: string
}

/** The answer that a repeat gets again. */
export interface StoredResponse {
  readonly status: number
  readonly body: string
}

/**
 * `new`: go on, then call `finishIdempotent` or `abandonIdempotent`. `replay`: send this again. `pending`: the first
 * one is still at work. `conflict`: the key was used for another request.
 */
export type IdempotentStart =
  | { readonly outcome: 'new' | 'pending' | 'conflict' }
  | { readonly outcome: 'replay'; readonly response: StoredResponse }

/** How long answers are kept, and after how long an unfinished request counts as lost with its process. */
const KEPT_MILLISECONDS = 24 * 3600_000
const LOST_MILLISECONDS = 15 * 60_000

/** Claims a key for a request; of several at the same time exactly one gets `new`. */
export async function beginIdempotent(
  db: Database,
  request: IdempotentRequest,
  now = Date.now(),
): Promise<IdempotentStart> {
  return db.transaction().execute(async (trx) => {
    await ofRequest(trx, request)
      .where(({ eb, or, and }) =>
        or([
          eb('expires_at', '<=', now),
          and([eb('state', '=', 'pending'), eb('created_at', '<=', now - LOST_MILLISECONDS)]),
        ]),
      )
      .execute()
    const inserted = await trx
      .insertInto('idempotency')
      .values({
        owner: request.owner,
        route: request.route,
        key: request.key,
        body_hash: request.bodyHash,
        state: 'pending',
        status: null,
        response: null,
        created_at: now,
        expires_at: now + KEPT_MILLISECONDS,
      })
      .onConflict((conflict) => conflict.columns(['owner', 'route', 'key']).doNothing())
      .executeTakeFirst()
    if (inserted.numInsertedOrUpdatedRows === 1n) return { outcome: 'new' }
    const earlier = await trx
      .selectFrom('idempotency')
      .selectAll()
      .where('owner', '=', request.owner)
      .where('route', '=', request.route)
      .where('key', '=', request.key)
      .executeTakeFirst()
    if (!earlier) return { outcome: 'pending' }
    if (earlier.body_hash !== request.bodyHash) return { outcome: 'conflict' }
    if (earlier.state === 'pending') return { outcome: 'pending' }
    return { outcome: 'replay', response: { status: earlier.status!, body: earlier.response! } }
  })
}

/** Keeps the answer of a request that `beginIdempotent` called new. */
export async function finishIdempotent(
  db: Database,
  request: IdempotentRequest,
  response: StoredResponse,
): Promise<void> {
  await db
    .updateTable('idempotency')
    .set({ state: 'done', status: response.status, response: response.body })
    .where('owner', '=', request.owner)
    .where('route', '=', request.route)
    .where('key', '=', request.key)
    .execute()
}

/** Gives the key back after a failure, so that the caller may try again with it. */
export async function abandonIdempotent(db: Database, request: IdempotentRequest): Promise<void> {
  await ofRequest(db, request).where('state', '=', 'pending').execute()
}

const ofRequest = (db: Database, { owner, route, key }: IdempotentRequest) =>
  db.deleteFrom('idempotency').where('owner', '=', owner).where('route', '=', route).where('key', '=', key)
