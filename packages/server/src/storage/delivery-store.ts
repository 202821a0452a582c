import { randomUUIDv7 } from 'node:crypto'
import type { Webhook } from '@unswap/contract'
import type { Selectable } from 'kysely'
import { type Database, locksRows } from './database.ts'
import type { Tables } from './tables.ts'

/** A webhook message to be sent now. `attempts` includes this one. */
export interface DueDelivery {
  readonly id: string
  readonly analysisId: string
  readonly owner: string
  readonly host: string
  readonly url: string
  readonly secret: string | null
  readonly attempts: number
}

/** The state of a delivery, without its secret. */
export interface DeliveryRecord extends Omit<DueDelivery, 'secret' | 'owner' | 'host'> {
  readonly state: 'pending' | 'delivered' | 'failed'
  readonly error: string | null
  readonly createdAt: number
  readonly nextAt: number
  readonly endedAt: number | null
}

/** A delivery belongs for so long to the process that took it; longer than any try lasts. */
const TAKEN_MILLISECONDS = 120_000

/** Queues a webhook message; part of the transaction that ends the analysis. */
export async function addDelivery(
  db: Database,
  analysisId: string,
  webhook: Webhook,
  now: number,
): Promise<void> {
  await db
    .insertInto('webhook_deliveries')
    .values(({ selectFrom, fn, val }) => ({
      id: randomUUIDv7(),
      analysis_id: analysisId,
      url: webhook.url,
      owner: fn.coalesce(
        selectFrom('analyses').select('owner').where('id', '=', analysisId),
        val(''),
      ) as never,
      host: URL.parse(webhook.url)?.host ?? '',
      secret: webhook.secret ?? null,
      state: 'pending',
      attempts: 0,
      next_at: now,
      created_at: now,
      ended_at: null,
      last_error: null,
    }))
    .execute()
}

/** Owners and hosts whose deliveries must wait. */
export interface Busy {
  readonly owners: readonly string[]
  readonly hosts: readonly string[]
}

/** Takes the next due delivery of none that is busy, so that no other process sends it as well; null for none. */
export async function takeDelivery(
  db: Database,
  now = Date.now(),
  { owners, hosts }: Busy = { owners: [], hosts: [] },
): Promise<DueDelivery | null> {
  const row = await db
    .updateTable('webhook_deliveries')
    .set((update) => ({ attempts: update('attempts', '+', 1), next_at: now + TAKEN_MILLISECONDS }))
    .where('id', '=', (where) => {
      let due = where
        .selectFrom('webhook_deliveries')
        .select('id')
        .where('state', '=', 'pending')
        .where('next_at', '<=', now)
        .orderBy('next_at')
        .limit(1)
      if (owners.length > 0) due = due.where('owner', 'not in', owners)
      if (hosts.length > 0) due = due.where('host', 'not in', hosts)
      return locksRows(db) ? due.forUpdate().skipLocked() : due
    })
    .returning(['id', 'analysis_id', 'owner', 'host', 'url', 'secret', 'attempts'])
    .executeTakeFirst()
  if (!row) return null
  const { analysis_id, ...rest } = row
  return { ...rest, analysisId: analysis_id }
}

/** Marks a delivery as received. */
export async function deliverySucceeded(db: Database, id: string, now = Date.now()): Promise<void> {
  await db
    .updateTable('webhook_deliveries')
    .set({ state: 'delivered', ended_at: now, last_error: null })
    .where('id', '=', id)
    .execute()
}

/** Records a failed try: the next is at `retryAt`, or none when that is null. */
export async function deliveryFailed(
  db: Database,
  id: string,
  { error, retryAt }: { error: string; retryAt: number | null },
  now = Date.now(),
): Promise<void> {
  await db
    .updateTable('webhook_deliveries')
    .set(
      retryAt === null
        ? { state: 'failed', ended_at: now, last_error: error }
        : { next_at: retryAt, last_error: error },
    )
    .where('id', '=', id)
    .execute()
}

/** The deliveries of an analysis, oldest first. */
export async function listDeliveries(db: Database, analysisId: string): Promise<DeliveryRecord[]> {
  const rows = await db
    .selectFrom('webhook_deliveries')
    .selectAll()
    .where('analysis_id', '=', analysisId)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  return rows.map(toRecord)
}

/** Makes a delivery due now, with all its tries again; null when the analysis has none with this id. */
export async function retryDelivery(
  db: Database,
  analysisId: string,
  id: string,
  now = Date.now(),
): Promise<DeliveryRecord | null> {
  const row = await db
    .updateTable('webhook_deliveries')
    .set({ state: 'pending', attempts: 0, next_at: now, ended_at: null })
    .where('id', '=', id)
    .where('analysis_id', '=', analysisId)
    .returningAll()
    .executeTakeFirst()
  return row === undefined ? null : toRecord(row)
}

const toRecord = (row: Selectable<Tables['webhook_deliveries']>): DeliveryRecord => ({
  id: row.id,
  analysisId: row.analysis_id,
  url: row.url,
  state: row.state,
  attempts: row.attempts,
  error: row.last_error,
  createdAt: row.created_at,
  nextAt: row.next_at,
  endedAt: row.ended_at,
})
