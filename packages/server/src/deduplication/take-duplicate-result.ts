import { buffer } from 'node:stream/consumers'
import { UnswapError } from '@unswap/contract'
import type { Blobs } from '../blobs/blobs.ts'
import { PACKED_EVIDENCE } from '../evidence/prepare-evidence.ts'
import type { AnalysisRecord } from '../storage/analyses/analysis-record.ts'
import { findFinishedDuplicate, findReport, listEvidence } from '../storage/analyses/analysis-store.ts'
import type { Database } from '../storage/database.ts'
import type { EvidenceBytes, TaskResult } from '../worker/analyzer.ts'

/**
 * The answer to the same question that came while this analysis waited, with evidence of its own, so that nothing of
 * one depends on how long the other is kept. Null when there is none to take: the media is analysed, then.
 * @throws UnswapError the other's error, where the media would end in it again
 */
export async function takeDuplicateResult(
  db: Database,
  blobs: Blobs,
  analysis: AnalysisRecord,
): Promise<TaskResult | null> {
  const other = await findFinishedDuplicate(db, analysis)
  if (other === null) return null
  if (other.error !== null) throw new UnswapError(other.error.code, other.error.message)
  const report = await findReport(db, other.id)
  const evidence = analysis.retention === 'none' ? [] : await copyEvidence(db, blobs, other.id)
  return report && evidence && { report, timings: {}, evidence }
}

/** What the pictures are rendered from, copied; the page and the pictures themselves carry the other's name. */
async function copyEvidence(db: Database, blobs: Blobs, id: string): Promise<EvidenceBytes[] | null> {
  const listed = await listEvidence(db, id)
  const packed = listed.find(({ name }) => name === PACKED_EVIDENCE)
  const stream = packed ? await blobs.get(packed.blob) : null
  if (stream === null) return null
  const bytes = await buffer(stream)
  return listed.map(({ name, type }) => ({ name, type, bytes: name === PACKED_EVIDENCE ? bytes : null }))
}
