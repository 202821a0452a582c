import { type AnalysisResource, isFinal, UnswapError } from '@unswap/contract'
import { type Caller, ownerFilter } from '../access/caller.ts'
import type { Service } from '../boot/service.ts'
import type { AnalysisRecord } from '../storage/analyses/analysis-record.ts'
import { findAnalysis } from '../storage/analyses/analysis-store.ts'
import { listFeedback } from '../storage/analyses/feedback-store.ts'
import { findReport, listEvidenceRecords } from '../storage/analyses/report-store.ts'
import { isMediaKept } from '../storage/retention/expiry.ts'
import { toAnalysisSummary, toEvidenceLink, toFeedback } from './present-analysis.ts'

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** The analysis, or null when there is none with that id or the caller may not see it. */
export async function findIfVisible(
  { db }: Pick<Service, 'db'>,
  caller: Caller,
  id: string,
): Promise<AnalysisRecord | null> {
  const record = ID.test(id) ? await findAnalysis(db, id) : null
  const owner = ownerFilter(caller)
  return owner !== null && record?.owner !== owner ? null : record
}

/**
 * The analysis, when the caller may see it. For others it is `not_found`, so that trying ids tells nothing.
 * @throws UnswapError `not_found`
 */
export async function findVisibleAnalysis(
  service: Pick<Service, 'db'>,
  caller: Caller,
  id: string,
): Promise<AnalysisRecord> {
  const record = await findIfVisible(service, caller, id)
  if (record === null) {
    throw new UnswapError('not_found', 'There is no analysis with this id; it may have been deleted.')
  }
  return record
}

/** The analysis with report, evidence and feedback, as the API shows it. */
export async function loadAnalysisResource(
  { db }: Pick<Service, 'db'>,
  record: AnalysisRecord,
): Promise<AnalysisResource> {
  const done = isFinal(record.state)
  const [report, evidence, feedback] = await Promise.all([
    done ? findReport(db, record.id) : null,
    done && isMediaKept(record) ? listEvidenceRecords(db, record.id) : [],
    done ? listFeedback(db, record.id) : [],
  ])
  return {
    ...toAnalysisSummary(record),
    reused: record.reused,
    report,
    evidence: evidence.map((file) => toEvidenceLink(record.id, file)).filter((link) => link !== null),
    feedback: feedback.map(toFeedback),
  }
}
