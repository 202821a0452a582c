import type { BlobEntry, Blobs } from '../../blobs/blobs.ts'
import type { Database } from '../database.ts'
import { eraseMedia } from './erase.ts'

/** What a sweep removed. */
export interface Swept {
  /** Analyses whose media and evidence had expired. */
  readonly expired: number
  /** Rows that are no longer needed: stored answers, deliveries and workers. */
  readonly rows: number
}

const HOUR = 3600_000
const DELIVERY_KEPT = 7 * 24 * HOUR
const WORKER_KEPT = 24 * HOUR

/** Younger blobs may belong to a submission that is being stored now. */
const ORPHAN_AGE = HOUR

const CHUNK = 200

/** Erases expired media and evidence, and rows that are no longer needed. Call it about every minute. */
export async function sweepExpired(db: Database, blobs: Blobs, now = Date.now()): Promise<Swept> {
  let expired = 0
  for (;;) {
    const due = await db
      .selectFrom('analyses')
      .select('id')
      .where('expires_at', '<=', now)
      .where(({ or, eb, exists, selectFrom }) =>
        or([
          eb('media_blob', 'is not', null),
          exists(selectFrom('evidence').select('name').whereRef('analysis_id', '=', 'analyses.id')),
        ]),
      )
      .limit(CHUNK)
      .execute()
    for (const { id } of due) await eraseMedia(db, blobs, id)
    expired += due.length
    if (due.length < CHUNK) break
  }
  const removed = await Promise.all([
    db.deleteFrom('idempotency').where('expires_at', '<=', now).executeTakeFirst(),
    db
      .deleteFrom('webhook_deliveries')
      .where('ended_at', '<=', now - DELIVERY_KEPT)
      .executeTakeFirst(),
    db
      .deleteFrom('workers')
      .where('seen_at', '<=', now - WORKER_KEPT)
      .executeTakeFirst(),
  ])
  return { expired, rows: removed.reduce((sum, { numDeletedRows }) => sum + Number(numDeletedRows), 0) }
}

/**
 * Removes blobs that no row refers to. They are left by a process that died before it stored the row, or by a run
 * that lost its lease. It lists every blob, so call it about every hour.
 * @returns How many were removed
 */
export async function sweepOrphans(db: Database, blobs: Blobs, now = Date.now()): Promise<number> {
  let removed = 0
  let batch: BlobEntry[] = []
  const flush = async () => {
    for (const name of await orphansOf(db, batch)) {
      await blobs.delete(name)
      removed++
    }
    batch = []
  }
  for await (const entry of blobs.list('analyses/')) {
    if (entry.changedAt > now - ORPHAN_AGE) continue
    batch.push(entry)
    if (batch.length >= CHUNK) await flush()
  }
  await flush()
  return removed
}

async function orphansOf(db: Database, entries: readonly BlobEntry[]): Promise<string[]> {
  if (entries.length === 0) return []
  const names = entries.map((entry) => entry.name)
  const ids = [...new Set(names.map(idOf))]
  const [media, evidence, running] = await Promise.all([
    db.selectFrom('analyses').select('media_blob as name').where('media_blob', 'in', names).execute(),
    db.selectFrom('evidence').select('blob as name').where('blob', 'in', names).execute(),
    db.selectFrom('jobs').select('analysis_id').where('analysis_id', 'in', ids).execute(),
  ])
  const known = new Set([...media, ...evidence].map((row) => row.name))
  const busy = new Set(running.map((row) => row.analysis_id))
  return names.filter((name) => !known.has(name) && !busy.has(idOf(name)))
}

/** The analysis that a blob of `analysisPrefix` belongs to. */
const idOf = (name: string): string => name.split('/')[2] ?? ''
