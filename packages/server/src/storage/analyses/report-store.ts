import type { Report } from '@unswap/contract'
import type { Database } from '../database.ts'

/** A picture or page that explains a report. Its bytes are in the blob store under `blob`. */
export interface EvidenceRecord {
  readonly name: string
  readonly type: string
  /** 0 until it is rendered: see `EvidenceCache`. */
  readonly bytes: number
  readonly blob: string
}

/** The report of a completed analysis, or null. */
export async function findReport(db: Database, id: string): Promise<Report | null> {
  const row = await db.selectFrom('reports').select('report').where('analysis_id', '=', id).executeTakeFirst()
  return row ? (JSON.parse(row.report) as Report) : null
}

/** The evidence files of an analysis, in order; `report.html` is one of them. */
export async function listEvidenceRecords(db: Database, id: string): Promise<EvidenceRecord[]> {
  return db
    .selectFrom('evidence')
    .select(['name', 'type', 'bytes', 'blob'])
    .where('analysis_id', '=', id)
    .orderBy('position')
    .execute()
}

/** One evidence file by its name, or null. */
export async function findEvidenceRecord(
  db: Database,
  id: string,
  name: string,
): Promise<EvidenceRecord | null> {
  const found = await db
    .selectFrom('evidence')
    .select(['name', 'type', 'bytes', 'blob'])
    .where('analysis_id', '=', id)
    .where('name', '=', name)
    .executeTakeFirst()
  return found ?? null
}

/** Records the sizes of evidence files that were rendered and stored. */
export async function recordRendered(
  db: Database,
  id: string,
  files: readonly Pick<EvidenceRecord, 'name' | 'bytes'>[],
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    for (const { name, bytes } of files) {
      await trx
        .updateTable('evidence')
        .set({ bytes })
        .where('analysis_id', '=', id)
        .where('name', '=', name)
        .execute()
    }
  })
}
