import type { ModelIdentity } from '@unswap/contract'
import type { Database } from './database.ts'

/** A worker as it last reported itself. */
export interface WorkerRecord {
  readonly id: string
  readonly host: string
  readonly concurrency: number
  readonly running: number
  /** Its models; workers with the same models give the same results. */
  readonly models: readonly ModelIdentity[]
  readonly startedAt: number
  readonly seenAt: number
}

/** Records that a worker is alive. */
export async function reportWorker(
  db: Database,
  worker: Omit<WorkerRecord, 'seenAt'>,
  now = Date.now(),
): Promise<void> {
  const state = {
    host: worker.host,
    concurrency: worker.concurrency,
    running: worker.running,
    models: JSON.stringify(worker.models),
    started_at: worker.startedAt,
    seen_at: now,
  }
  await db
    .insertInto('workers')
    .values({ id: worker.id, ...state })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(state))
    .execute()
}

/** Removes a worker that stops. */
export async function removeWorker(db: Database, id: string): Promise<void> {
  await db.deleteFrom('workers').where('id', '=', id).execute()
}

/** Workers that reported themselves within the last `withinMs` milliseconds, oldest first. */
export async function listWorkers(
  db: Database,
  withinMs = 60_000,
  now = Date.now(),
): Promise<WorkerRecord[]> {
  const rows = await db
    .selectFrom('workers')
    .selectAll()
    .where('seen_at', '>=', now - withinMs)
    .orderBy('started_at')
    .orderBy('id')
    .execute()
  return rows.map((row) => ({
    id: row.id,
    host: row.host,
    concurrency: row.concurrency,
    running: row.running,
    models: JSON.parse(row.models) as ModelIdentity[],
    startedAt: row.started_at,
    seenAt: row.seen_at,
  }))
}
