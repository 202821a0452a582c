import { buffer } from 'node:stream/consumers'
import { type Retention, UnswapError } from '@unswap/contract'
import type { Blobs } from '../blobs/blobs.ts'
import { PACKED_EVIDENCE } from '../evidence/prepare-evidence.ts'
import { type AnalysisRecord, readAnalysis } from '../storage/analyses/analysis-record.ts'
import { findReport, listEvidenceRecords } from '../storage/analyses/report-store.ts'
import type { Database } from '../storage/database.ts'
import type { EvidenceBytes, TaskResult } from '../worker/analyzer.ts'
import { hashSettings } from './deduplication-key.ts'

/**
 * The result of a duplicate that ended while this analysis waited. Evidence is copied, so that neither analysis depends
 * on how long the other is kept. Null when there is no such result; the media must be analysed then.
 * @throws UnswapError the duplicate's error, when the same media would fail in the same way again
 */
export async function takeDuplicateResult(
  db: Database,
  blobs: Blobs,
  analysis: AnalysisRecord,
): Promise<TaskResult | null> {
  const other = await findFinishedDuplicate(db, analysis)
  if (other === null) return null
  if (other.error !== null) throw new UnswapError(other.error.code, other.error.message)
  return copyResult(db, blobs, other, analysis.retention)
}

/** The result of a completed analysis, for another with that retention; null when it is not all there any more. */
export async function copyResult(
  db: Database,
  blobs: Blobs,
  { id }: AnalysisRecord,
  retention: Retention,
): Promise<TaskResult | null> {
  const report = await findReport(db, id)
  const evidence = retention === 'none' ? [] : await copyEvidence(db, blobs, id)
  return report && evidence && { report, timings: {}, evidence }
}

/**
 * Copies what the pictures are rendered from; pictures and page are rendered anew, with this analysis's name. Where
 * nothing is packed, the pictures themselves are copied.
 */
async function copyEvidence(db: Database, blobs: Blobs, id: string): Promise<EvidenceBytes[] | null> {
  const listed = await listEvidenceRecords(db, id)
  const isPacked = listed.some(({ name }) => name === PACKED_EVIDENCE)
  const copies: EvidenceBytes[] = []
  for (const { name, type, blob } of listed) {
    const isCopied = !isPacked || name === PACKED_EVIDENCE
    const stream = isCopied ? await blobs.get(blob) : null
    if (isCopied && stream === null) return null
    copies.push({ name, type, bytes: stream && (await buffer(stream)) })
  }
  return copies
}

/**
 * The newest duplicate that ended after `waited` was submitted, completed or failed for good. When `waited` keeps
 * pictures, those of the duplicate must still be there. Null for none.
 */
async function findFinishedDuplicate(db: Database, waited: AnalysisRecord): Promise<AnalysisRecord | null> {
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
  if (waited.retention !== 'none') {
    // With retention `none` the media is erased a moment after the end, and there were never any pictures.
    query = query.where('media_blob', 'is not', null).where('retention', '<>', 'none')
  }
  const row = await query.orderBy('finished_at', 'desc').orderBy('id', 'desc').limit(1).executeTakeFirst()
  return row ? readAnalysis(row) : null
}
