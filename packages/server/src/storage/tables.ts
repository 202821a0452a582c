import type { AnalysisState, Band, Family, MediaKind, Priority } from '@unswap/contract'

/** The tables of both databases. Times are milliseconds since 1970, JSON is text, booleans are 0 or 1. */
export interface Tables {
  analyses: AnalysesTable
  reports: ReportsTable
  evidence: EvidenceTable
  analysis_tags: AnalysisTagsTable
  jobs: JobsTable
  workers: WorkersTable
  batches: BatchesTable
  api_keys: ApiKeysTable
  audit: AuditTable
  feedback: FeedbackTable
  idempotency: IdempotencyTable
  webhook_deliveries: WebhookDeliveriesTable
}

export interface AnalysesTable {
  id: string
  /** key:<id>, user:<subject> or anonymous. */
  owner: string
  state: AnalysisState
  /** Rises with every change that followers may see. */
  revision: number
  priority: Priority
  name: string | null
  /** `name` in lower case, for searching. */
  name_folded: string | null
  source: 'upload' | 'base64' | 'url'
  media_sha256: string
  media_bytes: number
  media_kind: MediaKind | null
  media_format: string | null
  /** Where the media lies among the blobs; null once it is erased. */
  media_blob: string | null
  settings: string
  models: string | null
  settings_hash: string
  models_hash: string | null
  tags: string
  retention: string
  webhook: string | null
  batch_id: string | null
  batch_position: number | null
  created_at: number
  started_at: number | null
  finished_at: number | null
  /** When media and evidence are erased; null for never, or while the analysis has not ended. */
  expires_at: number | null
  progress: string | null
  verdict: string | null
  band: Band | null
  probability: number | null
  family: Family | null
  faces: number | null
  override: Band | null
  timings: string | null
  error_code: string | null
  error_message: string | null
  error_retryable: number | null
  attempts: number
  /** 1 when its result was taken from another analysis. */
  reused: number
}

/** Reports have their own table, so that lists need not load them. */
interface ReportsTable {
  analysis_id: string
  report: string
}

interface EvidenceTable {
  analysis_id: string
  position: number
  name: string
  type: string
  /** 0 until it is rendered. */
  bytes: number
  /** Name in the blob store, also before it is rendered. */
  blob: string
}

interface AnalysisTagsTable {
  analysis_id: string
  tag: string
}

/** One row for each analysis that has not ended. Only the latest `token` may end the job (fencing). */
export interface JobsTable {
  analysis_id: string
  owner: string
  priority: Priority
  created_at: number
  /** Order in the queue: see `jobs/queue-position.ts`. */
  position: number
  not_before: number
  /** How often it was started. */
  attempts: number
  /** How often its analysing process died. */
  crashes: number
  token: number
  worker: string | null
  lease_until: number | null
  /** `deduplicationKey`; null for a job that waits for no duplicate. */
  same: string | null
  /** 1 when pictures are kept beside the report. */
  evidence: number
}

interface WorkersTable {
  id: string
  host: string
  concurrency: number
  running: number
  /** `ModelIdentity[]` */
  models: string
  started_at: number
  seen_at: number
}

interface BatchesTable {
  id: string
  owner: string
  name: string | null
  created_at: number
}

export interface ApiKeysTable {
  id: string
  name: string
  start: string
  hash: string
  scopes: string
  requests_per_minute: number | null
  analyses_per_day: number | null
  created_at: number
  expires_at: number | null
  last_used_at: number | null
  revoked_at: number | null
}

/** Append-only: triggers refuse updates and deletions. */
interface AuditTable {
  id: string
  at: number
  actor: string
  action: string
  subject: string | null
  request_id: string | null
  address: string | null
}

export interface FeedbackTable {
  id: string
  analysis_id: string
  right: number | null
  rating: number | null
  comment: string | null
  override: Band | null
  /** What the person says the media is, when said directly. */
  truth: 'real' | 'fake' | null
  by: string
  created_at: number
}

interface IdempotencyTable {
  owner: string
  route: string
  key: string
  body_hash: string
  state: 'pending' | 'done'
  status: number | null
  response: string | null
  created_at: number
  expires_at: number
}

interface WebhookDeliveriesTable {
  id: string
  analysis_id: string
  url: string
  /** Owner of the analysis, and host of the address with its port. */
  owner: string
  host: string
  secret: string | null
  state: 'pending' | 'delivered' | 'failed'
  attempts: number
  next_at: number
  created_at: number
  ended_at: number | null
  last_error: string | null
}
