import {
  type AnalysisSummary,
  type Delivery,
  EVIDENCE_ROLES,
  type EvidenceLink,
  type Feedback,
  UnswapError,
} from '@unswap/contract'
import type { AnalysisRecord } from '../storage/analyses/analysis-record.ts'
import type { FeedbackRecord } from '../storage/analyses/feedback-store.ts'
import type { DeliveryRecord } from '../storage/delivery-store.ts'
import { isMediaKept } from '../storage/retention/expiry.ts'
import { toProblem } from '../to-problem.ts'

const time = (milliseconds: number | null) =>
  milliseconds === null ? null : new Date(milliseconds).toISOString()

/** The path of an analysis, relative to the service. */
export const analysisHref = (id: string): string => `/api/v1/analyses/${id}`

/** An analysis as the API shows it, without where it is stored and without the webhook's secret. */
export function toAnalysisSummary(record: AnalysisRecord): AnalysisSummary {
  const self = analysisHref(record.id)
  const completed = record.state === 'completed'
  const kept = isMediaKept(record)
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

/**
 * Evidence as the API shows it. Role and face are read from the name: `annotated.jpg`, `face-1.crop.jpg`, …
 * @returns Null for files that are not pictures
 */
export function toEvidenceLink(
  id: string,
  file: { name: string; type: string; bytes: number },
): EvidenceLink | null {
  const [, faceId, stem] = /^(?:(.+)\.)?([a-z-]+)\.[a-z]+$/.exec(file.name) ?? []
  const role = EVIDENCE_ROLES.find((one) => one === stem?.replaceAll('-', '_'))
  if (role === undefined) return null
  const href = `${analysisHref(id)}/evidence/${encodeURIComponent(file.name)}`
  return { name: file.name, type: file.type, bytes: file.bytes || null, role, faceId: faceId ?? null, href }
}

/** Feedback as the API shows it. */
export const toFeedback = (record: FeedbackRecord): Feedback => ({
  id: record.id,
  analysisId: record.analysisId,
  right: record.right,
  rating: record.rating,
  comment: record.comment,
  override: record.override,
  by: record.by,
  createdAt: new Date(record.createdAt).toISOString(),
})

/** A delivery of a webhook as the API shows it. */
export function toDelivery({ createdAt, nextAt, endedAt, ...delivery }: DeliveryRecord): Delivery {
  return {
    ...delivery,
    createdAt: time(createdAt)!,
    nextAt: delivery.state === 'pending' ? time(nextAt) : null,
    endedAt: time(endedAt),
  }
}
