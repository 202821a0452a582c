import { randomUUIDv7 } from 'node:crypto'
import { ANALYSIS_STATES, type AnalysisState, BANDS, type Band } from '@unswap/contract'
import type { Database } from '../database.ts'
import { zeroCounts } from '../zero-counts.ts'

/** Analyses that were submitted together. */
export interface BatchRecord {
  readonly id: string
  readonly owner: string
  readonly name: string | null
  readonly createdAt: number
}

/** How far a batch is: analyses per state, and completed ones per band. */
export interface BatchCounts {
  readonly states: Readonly<Record<AnalysisState, number>>
  readonly verdicts: Readonly<Record<Band, number>>
}

/** Inserts an empty batch; analyses refer to it when they are enqueued. */
export async function insertBatch(
  db: Database,
  { id = randomUUIDv7(), owner, name }: { id?: string; owner: string; name: string | null },
  now = Date.now(),
): Promise<BatchRecord> {
  await db.insertInto('batches').values({ id, owner, name, created_at: now }).execute()
  return { id, owner, name, createdAt: now }
}

/** The batch with that id, or null. */
export async function findBatch(db: Database, id: string): Promise<BatchRecord | null> {
  const row = await db.selectFrom('batches').selectAll().where('id', '=', id).executeTakeFirst()
  return row ? { id: row.id, owner: row.owner, name: row.name, createdAt: row.created_at } : null
}

/** Deletes the row of a batch; its analyses stay. */
export async function deleteBatch(db: Database, id: string): Promise<void> {
  await db.deleteFrom('batches').where('id', '=', id).execute()
}

/** Positions, from 0, of the files of a batch that have an analysis. */
export async function listPositions(db: Database, id: string): Promise<number[]> {
  const rows = await db.selectFrom('analyses').select('batch_position').where('batch_id', '=', id).execute()
  return rows.map(({ batch_position }) => batch_position ?? -1)
}

export async function countBatch(db: Database, id: string): Promise<BatchCounts> {
  const rows = await db
    .selectFrom('analyses')
    .select(['state', 'band', (select) => select.fn.countAll<number>().as('count')])
    .where('batch_id', '=', id)
    .groupBy(['state', 'band'])
    .execute()
  const states = zeroCounts(ANALYSIS_STATES)
  const verdicts = zeroCounts(BANDS)
  for (const { state, band, count } of rows) {
    states[state] += Number(count)
    if (band) verdicts[band] += Number(count)
  }
  return { states, verdicts }
}
