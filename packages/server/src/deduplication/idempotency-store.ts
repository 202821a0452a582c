import type { Database } from '../storage/database.ts'

/** A request that must be executed once. `bodyHash` tells a repeat from another request with the same key. */
export interface IdempotentRequest {
  readonly owner: string
  readonly route: string
  readonly key: string
  readonly bodyHash: string
}

/** The answer that a repeat gets. */
export interface StoredResponse {
  readonly status: number
  readonly body: string
}

/**
 * - `new`: execute it with this id, then call `finishIdempotent` or `abandonIdempotent`. `again`: an earlier try had
 *   the same id and may have done the work without recording it.
 * - `replay`: send this answer again.
 * - `pending`: the first request is still running.
 * - `conflict`: the key was used for another request.
 */
export type IdempotentStart =
  | { readonly outcome: 'new'; readonly id: string; readonly again: boolean }
  | { readonly outcome: 'pending' }
  | { readonly outcome: 'conflict' }
  | { readonly outcome: 'replay'; readonly response: StoredResponse }

/** Answers are kept for a day. A request that is not renewed for 20 seconds counts as lost with its process. */
const KEPT_MILLISECONDS = 24 * 3600_000
const LOST_MILLISECONDS = 20_000

/**
 * Claims a key for a request; of several at the same time exactly one gets `new`. A request that takes over from a
 * lost one gets its id, so that it can find what that one has made.
 * @param id For what the request makes, when it is the first
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
        // Holds the id while the request is pending, and the answer afterwards.
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

/** Records that a request is still running. */
export async function renewIdempotent(
  db: Database,
  request: IdempotentRequest,
  now = Date.now(),
): Promise<void> {
  await pendingRow(db, request).set({ created_at: now }).execute()
}

/** Stores the answer of a request that `beginIdempotent` called new. */
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
 * Releases the key after a failure, so that the caller can retry at once. The id is kept: the failure may have come
 * after the work was done.
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
