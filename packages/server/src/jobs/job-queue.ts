import type { AnalysisState, ErrorCode, Priority, Progress, Report } from '@unswap/contract'
import type { AnalysisRecord, NewAnalysis } from '../storage/analyses/analysis-record.ts'
import type { EvidenceRecord } from '../storage/analyses/report-store.ts'

/**
 * A job that is leased to one worker, for as long as it is renewed by `heartbeat`. `token` rises with each lease, and
 * only the newest lease can end the job. So an analysis ends once, however often it was started.
 */
export interface Lease {
  readonly analysisId: string
  readonly owner: string
  readonly priority: Priority
  /** When the analysis was submitted, in milliseconds since 1970. */
  readonly createdAt: number
  readonly token: number
  /** 1 for the first start. */
  readonly attempt: number
  /** How often the analysing process died while it worked on this job. */
  readonly crashes: number
  /** Whether it must be analysed even if a duplicate was completed meanwhile. */
  readonly fresh: boolean
}

/** The result of a completed analysis. The blobs of the evidence are stored already. */
export interface Completion {
  readonly report: Report
  /** `hashModels(report.models)`. */
  readonly modelsHash: string
  readonly timings: Readonly<Record<string, number>>
  readonly evidence: readonly EvidenceRecord[]
  /** Whether it was taken from another analysis; false by default. */
  readonly reused?: boolean
}

/** Why a run failed. `crash`: its process died; a job is tried once more after that. */
export interface Failure {
  readonly code: ErrorCode
  readonly message: string
  readonly retryable: boolean
  readonly crash?: boolean
}

/** `lost`: another worker has the job, or it was cancelled or erased; nothing was changed. */
export type Outcome = 'completed' | 'retrying' | 'failed' | 'lost'

export interface QueueStats {
  /** Waiting jobs, including those that pause before another start. */
  readonly queued: number
  readonly running: number
  /** Age in seconds of the job that has waited longest; null when none waits. */
  readonly oldestSeconds: number | null
  readonly byPriority: Readonly<Record<Priority, number>>
}

export interface JobQueueOptions {
  /** Milliseconds without a heartbeat after which the jobs of a worker go back to the queue. */
  readonly leaseMs?: number
  /** How often a job is started before it counts as failed. */
  readonly attempts?: number
  /** Pause before the second start, in milliseconds; doubled each time. */
  readonly firstPauseMs?: number
}

/**
 * The queue of analyses. In every implementation the database row decides about state and lease; implementations
 * differ in how they choose the next job.
 */
export interface JobQueue {
  /** Stores an analysis and its job, both or neither. The analysis in its first state. */
  enqueue(analysis: NewAnalysis): Promise<AnalysisRecord>
  /** Leases the next job to `worker`; null when none is due. */
  take(worker: string): Promise<Lease | null>
  /** Resolves when a job may be due, after a short pause at the latest. */
  wait(signal: AbortSignal): Promise<void>
  /** Renews leases. The analysis ids of those that are lost; their runs must be aborted. */
  heartbeat(leases: readonly Lease[]): Promise<Set<string>>
  /** Stores the progress of an analysis; does nothing when the lease is lost. */
  progress(lease: Lease, progress: Progress): Promise<void>
  /** Ends the analysis as completed and queues its webhook, in one transaction. */
  complete(lease: Lease, completion: Completion): Promise<Outcome>
  /** Ends the analysis as failed, or puts it back with a growing pause when another start may succeed. */
  fail(lease: Lease, failure: Failure): Promise<Outcome>
  /** Puts a job back at its old position because its worker stops. The start does not count. */
  release(lease: Lease): Promise<void>
  /** Ends a queued or running analysis as cancelled; its worker notices. The state now, or null for an unknown id. */
  cancel(analysisId: string): Promise<AnalysisState | null>
  /**
   * Yields the analysis now, if its revision is above `after`, and after every change. States that pass quickly may
   * be skipped, the final one never. Ends after a final state, or when the analysis is erased or `signal` fires.
   */
  follow(
    analysisId: string,
    options?: { after?: number; signal?: AbortSignal },
  ): AsyncGenerator<AnalysisRecord, void, undefined>
  stats(): Promise<QueueStats>
  /**
   * Fails jobs whose workers died too often, and repairs what a crash left inconsistent between Redis and the
   * database. Call it every few seconds.
   */
  reconcile(): Promise<void>
  /** Resolves when the queue can be reached. */
  ping(): Promise<void>
  close(): Promise<void>
}
