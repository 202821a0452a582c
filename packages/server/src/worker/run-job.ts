import { type Progress, type Report, UnswapError } from '@unswap/contract'
import { evidencePrefix } from '../blobs/blob-names.ts'
import type { Blobs } from '../blobs/blobs.ts'
import { hashModels } from '../deduplication/deduplication-key.ts'
import { takeDuplicateResult } from '../deduplication/take-duplicate-result.ts'
import { storeEvidence } from '../evidence/store-evidence.ts'
import type { Failure, JobQueue, Lease, Outcome } from '../jobs/job-queue.ts'
import type { SignReport } from '../report-signer.ts'
import type { AnalysisRecord } from '../storage/analyses/analysis-record.ts'
import { findAnalysis } from '../storage/analyses/analysis-store.ts'
import type { Database } from '../storage/database.ts'
import type { AnalysisPool } from './analysis-pool.ts'
import { openLocalMedia } from './local-media.ts'

export interface RunJobOptions {
  readonly db: Database
  readonly blobs: Blobs
  readonly queue: JobQueue
  readonly pool: AnalysisPool
  /** Folder for private copies of media that are stored elsewhere. */
  readonly temporaryDir: string
  /** Signs a report before it is stored; without it reports are not signed. */
  readonly sign?: SignReport
}

/** The result of a run, for logs and metrics. `outcome` is null when the job was given back or lost. */
export interface JobResult {
  readonly outcome: Outcome | null
  readonly report: Report | null
  readonly timings: Readonly<Record<string, number>> | null
  /** Whether the report was taken from a duplicate that this job had waited for. */
  readonly fromDuplicate: boolean
  readonly failure: Failure | null
}

const PROGRESS_MS = 300

/** Why a run is aborted: `lost` when another worker has the job or it has ended, `stopping` when it is given back. */
export type Abort = 'lost' | 'stopping'

/**
 * Runs one job: analyses the media, stores the evidence and ends the job. Evidence of a run that does not complete is
 * removed. Does not reject because of the media; failures of storage are retried.
 */
export async function runJob(lease: Lease, signal: AbortSignal, options: RunJobOptions): Promise<JobResult> {
  const { db, blobs, queue } = options
  const nothing = { outcome: null, report: null, timings: null, fromDuplicate: false, failure: null }
  try {
    const analysis = await findAnalysis(db, lease.analysisId)
    if (!analysis) return { ...nothing, outcome: 'lost' }
    const answer = lease.fresh ? null : await takeDuplicateResult(db, blobs, analysis)
    const { report: found, timings, evidence } = answer ?? (await analyze(analysis, lease, signal, options))
    const report = options.sign?.(found) ?? found
    signal.throwIfAborted()
    const stored = await storeEvidence(blobs, evidencePrefix(lease.analysisId, lease.token), evidence)
    const modelsHash = hashModels(report.models)
    const outcome = await queue.complete(lease, {
      report,
      timings,
      modelsHash,
      evidence: stored,
      reused: answer !== null,
    })
    if (outcome === 'lost') await blobs.deleteAll(evidencePrefix(lease.analysisId, lease.token))
    return { outcome, report, timings, fromDuplicate: answer !== null, failure: null }
  } catch (thrown) {
    await blobs.deleteAll(evidencePrefix(lease.analysisId, lease.token)).catch(() => undefined)
    if (signal.aborted) {
      if (signal.reason === ('stopping' satisfies Abort)) await queue.release(lease)
      return nothing
    }
    const { code, message, retryable } = thrown instanceof UnswapError ? thrown : storageFailed(thrown)
    const failure = { code, message, retryable, crash: code === 'worker_crashed' }
    return { ...nothing, outcome: await queue.fail(lease, failure), failure }
  }
}

/** Errors of the analysis have a code. All others come from database, store or disk, and may pass. */
const storageFailed = (cause: unknown): UnswapError =>
  new UnswapError('storage_failed', 'Media, evidence or database could not be reached.', {
    cause,
    retryable: true,
  })

async function analyze(
  analysis: AnalysisRecord,
  lease: Lease,
  signal: AbortSignal,
  { blobs, queue, pool, temporaryDir }: RunJobOptions,
) {
  const media = await openLocalMedia(blobs, analysis.mediaBlob ?? '', temporaryDir, signal)
  try {
    return await pool.run(
      {
        id: `${analysis.id}/${lease.token}`,
        path: media.path,
        name: analysis.name,
        settings: analysis.settings,
        models: analysis.models,
        // With retention `none`, pictures are not kept either: they show the media.
        evidence: analysis.retention !== 'none',
      },
      {
        signal,
        alone: lease.crashes > 0,
        onProgress: throttled((progress) => {
          queue.progress(lease, progress).catch(() => undefined)
        }),
      },
    )
  } finally {
    await media.release()
  }
}

/** Passes on at most one call per `PROGRESS_MS`; calls in between are dropped. */
function throttled(tell: (progress: Progress) => void): (progress: Progress) => void {
  let last = 0
  return (progress) => {
    const now = performance.now()
    if (now - last < PROGRESS_MS) return
    last = now
    tell(progress)
  }
}
