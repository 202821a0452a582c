import type {
  AnalysisState,
  Band,
  ErrorCode,
  Family,
  MediaKind,
  Priority,
  Progress,
  Retention,
  Settings,
  Verdict,
  Webhook,
} from '@unswap/contract'
import { hashSettings } from '../../deduplication/deduplication-key.ts'
import type { AnalysesTable } from '../tables.ts'

/** An analysis as stored; its report is stored separately (`findReport`). Times are milliseconds since 1970. */
export interface AnalysisRecord {
  readonly id: string
  /** Who sent it: `key:<id>`, `user:<subject>` or `anonymous`. */
  readonly owner: string
  readonly state: AnalysisState
  /** Rises with every change that followers may see. */
  readonly revision: number
  readonly priority: Priority
  readonly name: string | null
  readonly tags: readonly string[]
  readonly source: AnalysesTable['source']
  readonly sha256: string
  readonly bytes: number
  readonly kind: MediaKind | null
  readonly format: string | null
  /** Name of the media among the blobs; null once it is erased. */
  readonly mediaBlob: string | null
  readonly settings: Settings
  /** Classifiers asked for; null for those of the service. */
  readonly models: readonly string[] | null
  readonly retention: Retention
  readonly webhook: Webhook | null
  readonly batchId: string | null
  readonly createdAt: number
  readonly startedAt: number | null
  readonly finishedAt: number | null
  readonly expiresAt: number | null
  readonly progress: Progress | null
  readonly verdict: Verdict | null
  readonly faces: number | null
  readonly override: Band | null
  /** Milliseconds per stage. */
  readonly timings: Readonly<Record<string, number>> | null
  readonly error: { readonly code: ErrorCode; readonly message: string; readonly retryable: boolean } | null
  /** How often a worker has started on it. */
  readonly attempts: number
  /** Whether its result was taken from another analysis. */
  readonly reused: boolean
}

/** A new analysis. Its id is generated, and the blob `mediaBlob` stored, beforehand. */
export interface NewAnalysis {
  readonly id: string
  readonly owner: string
  readonly priority: Priority
  readonly name: string | null
  readonly tags: readonly string[]
  readonly source: AnalysesTable['source']
  readonly sha256: string
  readonly bytes: number
  readonly mediaBlob: string
  readonly settings: Settings
  readonly models: readonly string[] | null
  readonly retention: Retention
  readonly webhook: Webhook | null
  readonly batch: { readonly id: string; readonly position: number } | null
  /** Analysed even when a duplicate exists. */
  readonly fresh: boolean
}

const parse = <T>(json: string | null): T | null => (json === null ? null : (JSON.parse(json) as T))

export function readAnalysis(row: AnalysesTable): AnalysisRecord {
  return {
    id: row.id,
    owner: row.owner,
    state: row.state,
    revision: row.revision,
    priority: row.priority,
    name: row.name,
    tags: JSON.parse(row.tags) as string[],
    source: row.source,
    sha256: row.media_sha256,
    bytes: row.media_bytes,
    kind: row.media_kind,
    format: row.media_format,
    mediaBlob: row.media_blob,
    settings: JSON.parse(row.settings) as Settings,
    models: parse<string[]>(row.models),
    retention: row.retention as Retention,
    webhook: parse<Webhook>(row.webhook),
    batchId: row.batch_id,
    createdAt: row.created_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    expiresAt: row.expires_at,
    progress: parse<Progress>(row.progress),
    verdict: parse<Verdict>(row.verdict),
    faces: row.faces,
    override: row.override as Band | null,
    timings: parse<Record<string, number>>(row.timings),
    error:
      row.error_code === null
        ? null
        : {
            code: row.error_code as ErrorCode,
            message: row.error_message ?? '',
            retryable: row.error_retryable === 1,
          },
    attempts: row.attempts,
    reused: row.reused === 1,
  }
}

export function writeAnalysis(analysis: NewAnalysis, now: number): AnalysesTable {
  return {
    id: analysis.id,
    owner: analysis.owner,
    state: 'queued',
    revision: 1,
    priority: analysis.priority,
    name: analysis.name,
    name_folded: analysis.name?.toLowerCase() ?? null,
    source: analysis.source,
    media_sha256: analysis.sha256,
    media_bytes: analysis.bytes,
    media_kind: null,
    media_format: null,
    media_blob: analysis.mediaBlob,
    settings: JSON.stringify(analysis.settings),
    models: analysis.models && JSON.stringify(analysis.models),
    settings_hash: hashSettings(analysis.settings, analysis.models),
    models_hash: null,
    tags: JSON.stringify(analysis.tags),
    retention: analysis.retention,
    webhook: analysis.webhook && JSON.stringify(analysis.webhook),
    batch_id: analysis.batch?.id ?? null,
    batch_position: analysis.batch?.position ?? null,
    created_at: now,
    started_at: null,
    finished_at: null,
    expires_at: null,
    progress: null,
    verdict: null,
    band: null,
    probability: null,
    family: null as Family | null,
    faces: null,
    override: null,
    timings: null,
    error_code: null,
    error_message: null,
    error_retryable: null,
    attempts: 0,
    reused: 0,
  }
}
