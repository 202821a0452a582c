import { type Progress, type Report, UnswapError } from '@unswap/contract'
import { evidencePrefix } from '../blobs/blob-names.ts'
import type { Blobs } from '../blobs/blobs.ts'
import { hashModels } from '../deduplication/deduplication-key.ts'
import { takeDuplicateResult } from '../deduplication/take-duplicate-result.ts'
import type { Failure, JobQueue, Lease, Outcome } from '../jobs/job-queue.ts'
import type { SignReport } from '../report-signer.ts'
import type { AnalysisRecord } from '../storage/analyses/analysis-record.ts'
import { findAnalysis } from '../storage/analyses/analysis-store.ts'
import type { EvidenceRecord } from '../storage/analyses/report-store.ts'
import type { Database } from '../storage/database.ts'
import type { AnalysisPool } from './analysis-pool.ts'
import type { EvidenceBytes } from './analyzer.ts'
import { openLocalMedia } from './local-media.ts'

export interface RunJobOptions {
  readonly db: Database
  readonly blobs: Blobs
  readonly queue: JobQueue
  readonly pool: AnalysisPool
  /** Folder for private copies of media that lie on other machines. */
  readonly temporaryDir: string
  /** Signs a report before it is stored; without it, reports carry no signature. */
  readonly sign?: SignReport
}

/** How a job went, for logs and metrics. `outcome` is null when it was given back or taken away on the way. */
export interface JobResult {
  readonly outcome: Outcome | null
  readonly report: Report | null
  readonly timings: Readonly<Record<string, number>> | null
  /** The report is another analysis's: this one waited for it. */
  readonly joined: boolean
  readonly failure: Failure | null
}

const PROGRESS_MS = 300

/** Why a run is broken off: the job is held by another or has ended, or this worker stops and gives it back. */
export type Abort = 'lost' | 'stopping'

/**
 * Runs one job from its media to its end: analyses, stores evidence, ends the job, and removes what an
 * unfinished run has stored. Never rejects for reasons of the media; storage that cannot be reached is retried.
 */
export async function runJob(lease: Lease, signal: AbortSignal, options: RunJobOptions): Promise<JobResult> {
  const { db, blobs, queue } = options
  const nothing = { outcome: null, report: null, timings: null, joined: false, failure: null }
  try {
    const analysis = await findAnalysis(db, lease.analysisId)
    if (!analysis) return { ...nothing, outcome: 'lost' }
    const answer = lease.fresh ? null : await takeDuplicateResult(db, blobs, analysis)
    const { report: found, timings, evidence } = answer ?? (await analyze(analysis, lease, signal, options))
    const report = options.sign?.(found) ?? found
    signal.throwIfAborted()
    const stored = await storeEvidence(blobs, lease, evidence)
    const modelsHash = hashModels(report.models)
    const outcome = await queue.complete(lease, { report, timings, modelsHash, evidence: stored })
    if (outcome === 'lost') await blobs.deleteAll(evidencePrefix(lease.analysisId, lease.token))
    return { outcome, report, timings, joined: answer !== null, failure: null }
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

/** What the analysis throws has a code; anything else comes from the database, the store or the disk, and may pass. */
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
        // Pictures of the media are media too.
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

async function storeEvidence(
  blobs: Blobs,
  lease: Lease,
  evidence: readonly EvidenceBytes[],
): Promise<EvidenceRecord[]> {
  const prefix = evidencePrefix(lease.analysisId, lease.token)
  return Promise.all(
    evidence.map(async ({ name, type, bytes }) => {
      const blob = prefix + name
      if (bytes !== null) await blobs.put(blob, bytes, { type })
      return { name, type, bytes: bytes?.byteLength ?? 0, blob }
    }),
  )
}

/** Lets through a call at most every so often; what comes between is left out, for the next one says more. */
function throttled(tell: (progress: Progress) => void): (progress: Progress) => void {
  let last = 0
  return (progress) => {
    const now = performance.now()
    if (now - last < PROGRESS_MS) return
    last = now
    tell(progress)
  }
}
