import type { Report } from '@unswap/contract'
import type { Database } from '../database.ts'

/** A picture or page that explains a report; its bytes lie among the blobs under `blob`. */
export interface EvidenceRecord {
  readonly name: string
  readonly type: string
  /** 0 until it is rendered: see `evidence/render.ts`. */
  readonly bytes: number
  readonly blob: string
}

/** The report of a completed analysis, or null. */
export async function findReport(db: Database, id: string): Promise<Report | null> {
  const row = await db.selectFrom('reports').select('report').where('analysis_id', '=', id).executeTakeFirst()
  return row ? (JSON.parse(row.report) as Report) : null
}

/** The names under which the evidence of an analysis is kept, in order; `report.html` is one of them. */
export async function listEvidenceRecords(db: Database, id: string): Promise<EvidenceRecord[]> {
  return db
    .selectFrom('evidence')
    .select(['name', 'type', 'bytes', 'blob'])
    .where('analysis_id', '=', id)
    .orderBy('position')
    .execute()
}

/** One piece of evidence by its name, or null. */
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

/** Notes the sizes of evidence that has been rendered and stored. */
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
