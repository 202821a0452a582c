import { randomUUIDv7 } from 'node:crypto'
import type { Scope } from '@unswap/contract'
import type { Database } from '../database.ts'
import type { ApiKeysTable } from '../tables.ts'

/** An API key. Of its secret, only the hash and the start, to recognise it, are stored. */
export interface KeyRecord {
  readonly id: string
  readonly name: string
  readonly start: string
  readonly hash: string
  readonly scopes: readonly Scope[]
  readonly requestsPerMinute: number | null
  readonly analysesPerDay: number | null
  readonly createdAt: number
  readonly expiresAt: number | null
  readonly lastUsedAt: number | null
  readonly revokedAt: number | null
}

export type NewKey = Pick<
  KeyRecord,
  'name' | 'start' | 'hash' | 'scopes' | 'requestsPerMinute' | 'analysesPerDay' | 'expiresAt'
>

/** Stores a key; secret and hash were made before. */
export async function insertKey(db: Database, key: NewKey, now = Date.now()): Promise<KeyRecord> {
  const row: ApiKeysTable = {
    id: randomUUIDv7(),
    name: key.name,
    start: key.start,
    hash: key.hash,
    scopes: JSON.stringify(key.scopes),
    requests_per_minute: key.requestsPerMinute,
    analyses_per_day: key.analysesPerDay,
    created_at: now,
    expires_at: key.expiresAt,
    last_used_at: null,
    revoked_at: null,
  }
  await db.insertInto('api_keys').values(row).execute()
  return readKey(row)
}

/** The key with that hash, also a revoked or expired one; null for none. */
export async function findKeyByHash(db: Database, hash: string): Promise<KeyRecord | null> {
  const row = await db.selectFrom('api_keys').selectAll().where('hash', '=', hash).executeTakeFirst()
  return row ? readKey(row) : null
}

/** All keys, newest first. */
export async function listKeys(db: Database): Promise<KeyRecord[]> {
  const rows = await db
    .selectFrom('api_keys')
    .selectAll()
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .execute()
  return rows.map(readKey)
}

/**
 * Revokes a key for ever; revoking it again changes nothing.
 * @returns The key now, or null when there is none
 */
export async function revokeKey(db: Database, id: string, now = Date.now()): Promise<KeyRecord | null> {
  await db
    .updateTable('api_keys')
    .set({ revoked_at: now })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .execute()
  const row = await db.selectFrom('api_keys').selectAll().where('id', '=', id).executeTakeFirst()
  return row ? readKey(row) : null
}

/** Records the last use of a key; the time never goes back. */
export async function touchKey(db: Database, id: string, now = Date.now()): Promise<void> {
  await db
    .updateTable('api_keys')
    .set({ last_used_at: now })
    .where('id', '=', id)
    .where(({ eb, or }) => or([eb('last_used_at', 'is', null), eb('last_used_at', '<', now)]))
    .execute()
}

const readKey = (row: ApiKeysTable): KeyRecord => ({
  id: row.id,
  name: row.name,
  start: row.start,
  hash: row.hash,
  scopes: JSON.parse(row.scopes) as Scope[],
  requestsPerMinute: row.requests_per_minute,
  analysesPerDay: row.analyses_per_day,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  lastUsedAt: row.last_used_at,
  revokedAt: row.revoked_at,
})
