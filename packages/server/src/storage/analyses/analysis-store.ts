import type { Database } from '../database.ts'
import { type AnalysisRecord, type NewAnalysis, readAnalysis, writeAnalysis } from './analysis-record.ts'

/** Inserts an analysis in state `queued`, with its tags. Outside the queue use `queue.enqueue`. */
export async function insertAnalysis(
  db: Database,
  analysis: NewAnalysis,
  now: number,
): Promise<AnalysisRecord> {
  const row = writeAnalysis(analysis, now)
  await db.insertInto('analyses').values(row).execute()
  const tags = [...new Set(analysis.tags)]
  if (tags.length > 0) {
    await db
      .insertInto('analysis_tags')
      .values(tags.map((tag) => ({ analysis_id: analysis.id, tag })))
      .execute()
  }
  return readAnalysis(row)
}

/** The analysis with that id, or null. */
export async function findAnalysis(db: Database, id: string): Promise<AnalysisRecord | null> {
  const row = await db.selectFrom('analyses').selectAll().where('id', '=', id).executeTakeFirst()
  return row ? readAnalysis(row) : null
}

/** Analyses of a batch, in the order of its files. */
export async function listBatchAnalyses(db: Database, batchId: string): Promise<AnalysisRecord[]> {
  const rows = await db
    .selectFrom('analyses')
    .selectAll()
    .where('batch_id', '=', batchId)
    .orderBy('batch_position')
    .orderBy('id')
    .execute()
  return rows.map(readAnalysis)
}
