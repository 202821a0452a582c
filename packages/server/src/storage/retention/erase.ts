import { analysisPrefix } from '../../blobs/blob-names.ts'
import type { Blobs } from '../../blobs/blobs.ts'
import type { Database } from '../database.ts'

/**
 * Erases an analysis: its row with report, evidence records, feedback and job, then media and evidence. A worker that
 * runs it loses its lease. False when there is none with that id.
 */
export async function eraseAnalysis(db: Database, blobs: Blobs, id: string): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom('analyses').where('id', '=', id).executeTakeFirst()
  if (numDeletedRows === 0n) return false
  await blobs.deleteAll(analysisPrefix(id))
  return true
}

/** Erases media and evidence of an analysis; row and report stay. */
export async function eraseMedia(db: Database, blobs: Blobs, id: string): Promise<void> {
  // The order is safe against crashes: an analysis that still refers to media or evidence is swept again.
  await blobs.deleteAll(analysisPrefix(id))
  await db.deleteFrom('evidence').where('analysis_id', '=', id).execute()
  await db.updateTable('analyses').set({ media_blob: null }).where('id', '=', id).execute()
}

/** Erases media and evidence of an analysis if they have expired by `now`. */
export async function eraseExpired(db: Database, blobs: Blobs, id: string, now: number): Promise<void> {
  const row = await db
    .selectFrom('analyses')
    .select('id')
    .where('id', '=', id)
    .where('expires_at', '<=', now)
    .executeTakeFirst()
  if (row) await eraseMedia(db, blobs, id)
}
