import { type Key, type KeyCreated, type KeyRequest, UnswapError } from '@unswap/contract'
import {
  findKeyByHash,
  insertKey,
  type KeyRecord,
  listKeys,
  revokeKey,
  touchKey,
} from '../storage/access/key-store.ts'
import type { Database } from '../storage/database.ts'
import { type Caller, expandScopes } from './caller.ts'
import { generateKeySecret, hashKeySecret, sameHash, startOfKeySecret } from './key-secret.ts'

/** `lastUsedAt` is exact to the minute, so that a busy key does not cause a write with every request. */
const TOUCH_MILLISECONDS = 60_000

const time = (milliseconds: number | null) =>
  milliseconds === null ? null : new Date(milliseconds).toISOString()

/** A key as the API shows it: of its secret only the start. */
const showKey = (record: KeyRecord): Key => ({
  id: record.id,
  name: record.name,
  start: record.start,
  scopes: [...record.scopes],
  requestsPerMinute: record.requestsPerMinute,
  analysesPerDay: record.analysesPerDay,
  createdAt: new Date(record.createdAt).toISOString(),
  expiresAt: time(record.expiresAt),
  lastUsedAt: time(record.lastUsedAt),
  revokedAt: time(record.revokedAt),
})

/** Makes a key. Its secret is returned here and never again: the database keeps a hash. */
export async function createApiKey(db: Database, request: KeyRequest, now = Date.now()): Promise<KeyCreated> {
  const secret = generateKeySecret()
  const days = request.expiresInDays
  const record = await insertKey(
    db,
    {
      name: request.name,
      start: startOfKeySecret(secret),
      hash: hashKeySecret(secret),
      scopes: request.scopes,
      requestsPerMinute: request.requestsPerMinute ?? null,
      analysesPerDay: request.analysesPerDay ?? null,
      expiresAt: days === undefined ? null : Math.round(now + days * 86_400_000),
    },
    now,
  )
  return { key: showKey(record), secret }
}

/** All keys, newest first. */
export const listApiKeys = async (db: Database): Promise<Key[]> => (await listKeys(db)).map(showKey)

/**
 * Revokes a key; it is refused from the next request on.
 * @throws UnswapError `not_found`
 */
export async function revokeApiKey(db: Database, id: string): Promise<Key> {
  const record = await revokeKey(db, id)
  if (record === null) throw new UnswapError('not_found', `There is no key ${id}.`)
  return showKey(record)
}

/**
 * The caller that a key's secret belongs to.
 * @throws UnswapError `unauthorized` for an unknown, expired or revoked key
 */
export async function verifyKeySecret(db: Database, secret: string, now = Date.now()): Promise<Caller> {
  const hash = hashKeySecret(secret)
  const record = await findKeyByHash(db, hash)
  if (record === null || !sameHash(record.hash, hash)) {
    throw new UnswapError('unauthorized', 'This key is not known here.')
  }
  if (record.revokedAt !== null) throw new UnswapError('unauthorized', 'This key was revoked.')
  if (record.expiresAt !== null && record.expiresAt <= now) {
    throw new UnswapError('unauthorized', 'This key has expired; ask for a new one.')
  }
  if (now - (record.lastUsedAt ?? 0) > TOUCH_MILLISECONDS) await touchKey(db, record.id, now)
  return {
    kind: 'key',
    id: `key:${record.id}`,
    name: record.name,
    scopes: expandScopes(record.scopes),
    requestsPerMinute: record.requestsPerMinute,
    analysesPerDay: record.analysesPerDay,
  }
}
