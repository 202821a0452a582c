import { type AnalysisResource, isFinal, UnswapError } from '@unswap/contract'
import { type Caller, visibleOwner } from '../access/caller.ts'
import type { Service } from '../service.ts'
import { findAnalysis, findReport, listEvidence } from '../storage/analyses.ts'
import type { AnalysisRecord } from '../storage/analysis-record.ts'
import { listFeedback } from '../storage/feedback.ts'
import { isKept, showFeedback, toEvidenceLink, toSummary } from './resource.ts'

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/**
 * An analysis that the caller may see. Those of others are not found, so that ids cannot be tried.
 * @throws UnswapError `not_found`
 */
export async function findVisible(
  { db }: Pick<Service, 'db'>,
  caller: Caller,
  id: string,
): Promise<AnalysisRecord> {
  const record = ID.test(id) ? await findAnalysis(db, id) : null
  const owner = visibleOwner(caller)
  if (record === null || (owner !== null && record.owner !== owner)) {
    throw new UnswapError('not_found', 'There is no analysis with this id; it may have been deleted.')
  }
  return record
}

/** An analysis with all that belongs to it. */
export async function loadResource(
  { db }: Pick<Service, 'db'>,
  record: AnalysisRecord,
  reused = false,
): Promise<AnalysisResource> {
  const done = isFinal(record.state)
  const [report, evidence, feedback] = await Promise.all([
    done ? findReport(db, record.id) : null,
    done && isKept(record) ? listEvidence(db, record.id) : [],
    done ? listFeedback(db, record.id) : [],
  ])
  return {
    ...toSummary(record),
    reused,
    report,
    evidence: evidence.map((file) => toEvidenceLink(record.id, file)).filter((link) => link !== null),
    feedback: feedback.map(showFeedback),
  }
}
