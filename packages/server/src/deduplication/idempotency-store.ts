import type { Database } from '../storage/database.ts'

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
 * `new`: go on under this id, then call `finishIdempotent` or `abandonIdempotent`; `again` when somebody has begun
 * under the same id and may have come to an end without a word. `replay`: send this again. `pending`: the first one is
 * still at work. `conflict`: the key was used for another request.
 */
export type IdempotentStart =
  | { readonly outcome: 'new'; readonly id: string; readonly again: boolean }
  | { readonly outcome: 'pending' }
  | { readonly outcome: 'conflict' }
  | { readonly outcome: 'replay'; readonly response: StoredResponse }

/** How long answers are kept, and after how long without `renewIdempotent` a request counts as lost with its process. */
const KEPT_MILLISECONDS = 24 * 3600_000
const LOST_MILLISECONDS = 20_000

/**
 * Claims a key for a request, under an id for what it makes; of several at the same time exactly one gets `new`. Who
 * takes over from a lost process gets its id, so that what it may have made is found, not made twice.
 */
export async function beginIdempotent(
  db: Database,
  request: IdempotentRequest,
  id: string,
  now = Date.now(),
): Promise<IdempotentStart> {
  return db.transaction().execute(async (trx) => {
    const lost = await trx
      .updateTable('idempotency')
      .set({ created_at: now, expires_at: now + KEPT_MILLISECONDS })
      .where('owner', '=', request.owner)
      .where('route', '=', request.route)
      .where('key', '=', request.key)
      .where('body_hash', '=', request.bodyHash)
      .where('state', '=', 'pending')
      .where('created_at', '<=', now - LOST_MILLISECONDS)
      .where('expires_at', '>', now)
      .returning('response')
      .executeTakeFirst()
    if (lost) return { outcome: 'new', id: lost.response ?? id, again: true }
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
        // Until there is an answer: the id under which the work is done.
        response: id,
        created_at: now,
        expires_at: now + KEPT_MILLISECONDS,
      })
      .onConflict((conflict) => conflict.columns(['owner', 'route', 'key']).doNothing())
      .executeTakeFirst()
    if (inserted.numInsertedOrUpdatedRows === 1n) return { outcome: 'new', id, again: false }
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

/** Says that a request is still at work. */
export async function renewIdempotent(
  db: Database,
  request: IdempotentRequest,
  now = Date.now(),
): Promise<void> {
  await pendingRow(db, request).set({ created_at: now }).execute()
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

/**
 * Gives the key back after a failure, so that the caller may try again with it at once; under the same id, for a
 * failure may have come after the work was done.
 */
export async function abandonIdempotent(db: Database, request: IdempotentRequest): Promise<void> {
  await pendingRow(db, request).set({ created_at: 0 }).execute()
}

const ofRequest = (db: Database, { owner, route, key }: IdempotentRequest) =>
  db.deleteFrom('idempotency').where('owner', '=', owner).where('route', '=', route).where('key', '=', key)

const pendingRow = (db: Database, { owner, route, key }: IdempotentRequest) =>
  db
    .updateTable('idempotency')
    .where('owner', '=', owner)
    .where('route', '=', route)
    .where('key', '=', key)
    .where('state', '=', 'pending')
