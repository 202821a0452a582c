import type { Limits, ModelIdentity, Progress, Report, Settings } from '@unswap/contract'
import type { BatchTimes, Device, Remote } from '@unswap/detector'

/** How the analysing processes are set up; the same for all of them. */
export interface AnalyzerOptions {
  /** Folder of `models/<id>/` folders. */
  readonly modelsDir: string
  /** Classifiers of the service; all that are there when empty. */
  readonly models: readonly string[]
  readonly device: Device
  /** Threads of each network, 0 for as many as there are processors. */
  readonly threads: number
  /** Where the classifiers run; null for the process itself. */
  readonly remote: Remote | null
  /** File of certificates of trusted signers of content credentials; none without it. */
  readonly trustList?: string
  readonly limits: Limits
  /** Pictures kept as evidence. */
  readonly evidenceFrames: number
}

/** One analysis, as it is handed to a process. */
export interface Task {
  readonly id: string
  /** A file with the media. */
  readonly path: string
  /** What the sender calls the media, for the report page. */
  readonly name: string | null
  readonly settings: Settings
  /** Classifiers asked for; null for those of the service. */
  readonly models: readonly string[] | null
  /** Whether pictures and a page are wanted beside the report. */
  readonly evidence: boolean
}

/** A piece of evidence, not yet stored. */
export interface EvidenceBytes {
  readonly name: string
  readonly type: string
  /** Null for what is rendered when it is first asked for. */
  readonly bytes: Uint8Array | null
}

export interface TaskResult {
  readonly report: Report
  /** Milliseconds per stage. */
  readonly timings: Readonly<Record<string, number>>
  readonly evidence: readonly EvidenceBytes[]
}

/** What runs inside a process. Concurrent calls of `analyze` share batches. */
export interface Analyzer {
  readonly models: readonly ModelIdentity[]
  analyze(
    task: Task,
    context: { readonly signal: AbortSignal; readonly onProgress: (progress: Progress) => void },
  ): Promise<TaskResult>
  close(): Promise<void>
}

/** The one export, `openAnalyzer`, of a module that a process can be told to run. */
export type OpenAnalyzer = (
  options: AnalyzerOptions,
  onBatch: (batch: BatchTimes) => void,
) => Promise<Analyzer>
