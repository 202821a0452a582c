import { analysisPrefix, evidencePrefix } from '../blobs/blob-names.ts'
import type { Blobs } from '../blobs/blobs.ts'
import { storeEvidence } from '../evidence/store-evidence.ts'
import { writeResult } from '../jobs/end-job.ts'
import type { AnalysisRecord, NewAnalysis } from '../storage/analyses/analysis-record.ts'
import { findAnalysis, insertAnalysis } from '../storage/analyses/analysis-store.ts'
import type { Database } from '../storage/database.ts'
import { eraseExpired } from '../storage/retention/erase.ts'
import { hashModels } from './deduplication-key.ts'
import { copyResult } from './take-duplicate-result.ts'

/**
 * Makes an analysis that has its result from an earlier one at once. It has its own name, tags, retention and copies of
 * the evidence, so neither depends on the other. Null when the earlier one was deleted meanwhile.
 * @param analysis Its media is stored already
 */
export async function answerAgain(
  db: Database,
  blobs: Blobs,
  analysis: NewAnalysis,
  earlier: AnalysisRecord,
): Promise<AnalysisRecord | null> {
  const { id, retention } = analysis
  const result = await copyResult(db, blobs, earlier, retention)
  if (result === null) return null
  const { report, timings } = result
  try {
    const evidence = await storeEvidence(blobs, evidencePrefix(id, 0), result.evidence)
    const now = Date.now()
    const completion = { report, timings, evidence, modelsHash: hashModels(report.models), reused: true }
    await db.transaction().execute(async (trx) => {
      await insertAnalysis(trx, analysis, now)
      await writeResult(trx, id, completion, now)
    })
  } catch (error) {
    const made = await findAnalysis(db, id).catch(() => undefined)
    if (made === null) await blobs.deleteAll(analysisPrefix(id))
    throw error
  }
  await eraseExpired(db, blobs, id, Date.now())
  return findAnalysis(db, id)
}
