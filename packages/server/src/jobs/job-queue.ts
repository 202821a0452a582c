import type { AnalysisState, ErrorCode, Priority, Progress, Report } from '@unswap/contract'
import type { AnalysisRecord, NewAnalysis } from '../storage/analyses/analysis-record.ts'
import type { EvidenceRecord } from '../storage/analyses/report-store.ts'

/**
 * A job held by one worker. It is held as long as `heartbeat` says so; `token` rises with each holder, and only the
 * newest one can end the job, so an analysis ends once however often it was started.
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
  /** Times that the process died under it. */
  readonly crashes: number
  /** Whether it must be analysed, whatever was answered while it waited. */
  readonly fresh: boolean
}

/** What a completed analysis leaves behind. Evidence blobs are stored already. */
export interface Completion {
  readonly report: Report
  /** `hashModels(report.models)` of what answered. */
  readonly modelsHash: string
  readonly timings: Readonly<Record<string, number>>
  readonly evidence: readonly EvidenceRecord[]
}

/** Why a run failed. `crash`: its process died, which is forgiven once. */
export interface Failure {
  readonly code: ErrorCode
  readonly message: string
  readonly retryable: boolean
  readonly crash?: boolean
}

/** `lost`: another holder has the job, or it was cancelled or erased; nothing was changed. */
export type Outcome = 'completed' | 'retrying' | 'failed' | 'lost'

export interface QueueStats {
  /** Jobs that wait, those that wait out a pause included. */
  readonly queued: number
  readonly running: number
  /** Age of the job that has waited longest, in seconds; null when none waits. */
  readonly oldestSeconds: number | null
  readonly byPriority: Readonly<Record<Priority, number>>
}

export interface JobQueueOptions {
  /** Silence of a worker, in milliseconds, after which its jobs go back to the queue. */
  readonly leaseMs?: number
  /** How often a job is started before it counts as failed. */
  readonly attempts?: number
  /** Pause before the second start, in milliseconds; doubled each time. */
  readonly firstPauseMs?: number
}

/** The queue of analyses. The database row is the truth in every implementation; the rest is about who goes next. */
export interface JobQueue {
  /** Accepts an analysis for good: row and job are stored together, or not at all. The analysis as it begins. */
  enqueue(analysis: NewAnalysis): Promise<AnalysisRecord>
  /** The job whose turn it is, now held by `worker`; null when none is due. */
  take(worker: string): Promise<Lease | null>
  /** Resolves when there may be something to take, after a short pause at the latest. */
  wait(signal: AbortSignal): Promise<void>
  /** Renews leases; the answer holds the analysis ids of those that are lost and must be abandoned. */
  heartbeat(leases: readonly Lease[]): Promise<Set<string>>
  /** Shows progress to watchers; nothing happens when the lease is lost. */
  progress(lease: Lease, progress: Progress): Promise<void>
  /** Ends the analysis as completed and notes its webhook, in one transaction. */
  complete(lease: Lease, completion: Completion): Promise<Outcome>
  /** Ends the analysis as failed, or puts it back with a growing pause when trying again can help. */
  fail(lease: Lease, failure: Failure): Promise<Outcome>
  /** Puts a job back at its old place because its worker stops; the start does not count. */
  release(lease: Lease): Promise<void>
  /** Ends a waiting or running analysis as cancelled; its worker notices. The state after, or null for an unknown id. */
  cancel(analysisId: string): Promise<AnalysisState | null>
  /**
   * The analysis now (when its revision is above `after`) and after every change; states that pass quickly may be
   * skipped, the final one never is. Ends after a final state, or when the analysis is erased or `signal` fires.
   */
  follow(
    analysisId: string,
    options?: { after?: number; signal?: AbortSignal },
  ): AsyncGenerator<AnalysisRecord, void, undefined>
  stats(): Promise<QueueStats>
  /** Fails jobs whose workers died too often and mends what a crash between two systems left. Call it now and then. */
  reconcile(): Promise<void>
  /** Resolves when the queue can be reached. */
  ping(): Promise<void>
  close(): Promise<void>
}
