import type { AnalysisSummary, EvidenceLink } from '@unswap/contract'
import { UnswapError } from '@unswap/contract'
import { toProblem } from '../problem.ts'
import type { AnalysisRecord } from '../storage/analysis-record.ts'

const time = (milliseconds: number | null) =>
  milliseconds === null ? null : new Date(milliseconds).toISOString()

/** The address of an analysis, relative to the service. */
export const analysisHref = (id: string): string => `/api/v1/analyses/${id}`

/** An analysis as the API shows it: nothing of where it is stored, and no secret of its webhook. */
export function toSummary(record: AnalysisRecord): AnalysisSummary {
  const self = analysisHref(record.id)
  const completed = record.state === 'completed'
  const kept = record.mediaBlob !== null
  return {
    id: record.id,
    state: record.state,
    name: record.name,
    tags: [...record.tags],
    priority: record.priority,
    retention: record.retention,
    batchId: record.batchId,
    sha256: record.sha256,
    bytes: record.bytes,
    source: record.source,
    kind: record.kind,
    settings: record.settings,
    progress: record.progress,
    verdict: record.verdict,
    override: record.override,
    faces: record.faces,
    error:
      record.error === null
        ? null
        : toProblem(
            new UnswapError(record.error.code, record.error.message, { retryable: record.error.retryable }),
          ),
    createdAt: time(record.createdAt)!,
    startedAt: time(record.startedAt),
    finishedAt: time(record.finishedAt),
    expiresAt: time(record.expiresAt),
    mediaKept: kept,
    thumbnail: completed && kept ? `${self}/thumbnail` : null,
    links: {
      self,
      events: `${self}/events`,
      reportJson: completed ? `${self}/report.json` : null,
      reportHtml: completed ? `${self}/report.html` : null,
      media: kept ? `${self}/media` : null,
    },
  }
}

/** Evidence as the API shows it. */
export const toEvidenceLink = (id: string, file: Omit<EvidenceLink, 'href'>): EvidenceLink => ({
  name: file.name,
  type: file.type,
  role: file.role,
  faceId: file.faceId,
  width: file.width,
  height: file.height,
  bytes: file.bytes,
  href: `${analysisHref(id)}/evidence/${encodeURIComponent(file.name)}`,
})
