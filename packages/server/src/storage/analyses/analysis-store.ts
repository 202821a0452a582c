import type { Report, Retention, Settings } from '@unswap/contract'
import type { Database } from '../database.ts'
import {
  type AnalysisRecord,
  hashSettings,
  type NewAnalysis,
  readAnalysis,
  writeAnalysis,
} from './analysis-record.ts'

/** A picture or page that explains a report; its bytes lie among the blobs under `blob`. */
export interface EvidenceRecord {
  readonly name: string
  readonly type: string
  /** 0 until it is rendered: see `evidence/render.ts`. */
  readonly bytes: number
  readonly blob: string
}

/** Adds the row of an analysis in state `queued`, with its tags. Callers outside the queue use `queue.enqueue`. */
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

/** The analysis, or null when there is none with that id. */
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

/** The report of a completed analysis, or null. */
export async function findReport(db: Database, id: string): Promise<Report | null> {
  const row = await db.selectFrom('reports').select('report').where('analysis_id', '=', id).executeTakeFirst()
  return row ? (JSON.parse(row.report) as Report) : null
}

/** The names under which the evidence of an analysis is kept, in order; `report.html` is one of them. */
export async function listEvidence(db: Database, id: string): Promise<EvidenceRecord[]> {
  return db
    .selectFrom('evidence')
    .select(['name', 'type', 'bytes', 'blob'])
    .where('analysis_id', '=', id)
    .orderBy('position')
    .execute()
}

/** One piece of evidence by its name, or null. */
export async function findEvidence(db: Database, id: string, name: string): Promise<EvidenceRecord | null> {
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

/** What makes two submissions the same: media, choices and the models that answered (`hashModels`). */
export interface Question {
  readonly owner: string
  readonly sha256: string
  readonly settings: Settings
  readonly models: readonly string[] | null
  readonly modelsHash: string
}

/** The newest completed analysis of the same owner that answers the same question, or null. */
export async function findCompletedDuplicate(db: Database, same: Question): Promise<AnalysisRecord | null> {
  const row = await db
    .selectFrom('analyses')
    .selectAll()
    .where('media_sha256', '=', same.sha256)
    .where('settings_hash', '=', hashSettings(same.settings, same.models))
    .where('models_hash', '=', same.modelsHash)
    .where('owner', '=', same.owner)
    .where('state', '=', 'completed')
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row ? readAnalysis(row) : null
}

/** An analysis is not written again to be kept so little longer. */
const WORTH_KEEPING = 60_000

/**
 * Lets a completed analysis answer another submission of its owner as well: it is found under that one’s tags, too, and
 * media and evidence, while they are there, stay until the later of both ends. Null when it was deleted meanwhile.
 */
export async function shareResult(
  db: Database,
  id: string,
  { tags, retention }: Pick<NewAnalysis, 'tags' | 'retention'>,
  now = Date.now(),
): Promise<AnalysisRecord | null> {
  return db.transaction().execute(async (trx) => {
    const row = await trx.selectFrom('analyses').selectAll().where('id', '=', id).executeTakeFirst()
    if (!row) return null
    const known = JSON.parse(row.tags) as string[]
    const more = [...new Set(tags)].filter((tag) => !known.includes(tag))
    if (more.length > 0) {
      const rows = more.map((tag) => ({ analysis_id: id, tag }))
      await trx
        .insertInto('analysis_tags')
        .values(rows)
        .onConflict((conflict) => conflict.doNothing())
        .execute()
      row.tags = JSON.stringify([...known, ...more])
    }
    const until = expiryOf(retention, now)
    const end = row.expires_at
    const held = row.media_blob !== null && end !== null && end > now
    const longer = held && (until === null || until > end + WORTH_KEEPING)
    if (longer) Object.assign(row, { retention, expires_at: until })
    if (longer || more.length > 0) {
      const { tags, retention, expires_at } = row
      await trx.updateTable('analyses').set({ tags, retention, expires_at }).where('id', '=', id).execute()
    }
    return readAnalysis(row)
  })
}

/** When what is kept by a retention from now on is erased; null for never. */
function expiryOf(retention: Retention, now: number): number | null {
  if (retention === 'keep') return null
  return retention === 'none' ? now : now + Number(retention.slice('hours:'.length)) * 3_600_000
}

/**
 * What another analysis of the same owner, media and choices came to while this one waited: the newest report, whose
 * pictures are still there when this one keeps them, or an error that would come again. Null for neither.
 */
export async function findFinishedDuplicate(
  db: Database,
  waited: AnalysisRecord,
): Promise<AnalysisRecord | null> {
  let query = db
    .selectFrom('analyses')
    .selectAll()
    .where('media_sha256', '=', waited.sha256)
    .where('settings_hash', '=', hashSettings(waited.settings, waited.models))
    .where('owner', '=', waited.owner)
    .where('finished_at', '>=', waited.createdAt)
    .where('id', '<>', waited.id)
    .where(({ eb, and, or }) =>
      or([eb('state', '=', 'completed'), and([eb('state', '=', 'failed'), eb('error_retryable', '=', 0)])]),
    )
  if (waited.retention !== 'none') query = query.where('media_blob', 'is not', null)
  const row = await query.orderBy('finished_at', 'desc').orderBy('id', 'desc').limit(1).executeTakeFirst()
  return row ? readAnalysis(row) : null
}
