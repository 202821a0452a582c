import {
  ANALYSIS_DEFAULTS,
  DEFAULT_LIMITS,
  type Limits,
  type ModelIdentity,
  type Progress,
  type Sampling,
} from '@unswap/contract'
import type { Remote } from '../classifiers/kserve/call.ts'
import type { BatchTimes } from '../classifiers/scorer.ts'
import type { MediaSource, OpenMediaOptions } from '../media/frame.ts'
import type { Device } from '../onnx/execution-providers.ts'
import type { ReportWithEvidence } from '../report/evidence/evidence.ts'

export interface DetectorOptions {
  /** Folder of `models/<id>/` folders. */
  readonly modelsDir: string
  /** Classifier ids to open; all that are there by default. */
  readonly models?: readonly string[]
  readonly device?: Device
  /** Threads of each network, 0 for as many as there are processors. */
  readonly threads?: number
  /** Run the classifiers on an inference server; faces are still found here. */
  readonly remote?: Remote
  /** Most crops in one batch. */
  readonly batch?: number
  /** File of certificates (PEM) whose holders are trusted to sign content credentials; none by default. */
  readonly trustList?: string
  /** Told after each batch of crops, for figures of the service. */
  readonly onBatch?: (batch: BatchTimes) => void
}

/** Options of one analysis; `ANALYSIS_DEFAULTS` and `DEFAULT_LIMITS` say what is left out. */
export interface AnalyzeOptions {
  /**
   * Frames of a video. The option `closer` asks for a second pass around faces that were seen in too few of them; the
   * API and reports have had that name since before the pass was called so.
   */
  readonly sampling?: Sampling
  /** Faces kept per frame, largest first. */
  readonly maxFaces?: number
  /** Ids of the opened classifiers to judge with; all of them by default. */
  readonly models?: readonly string[]
  /** Average each score with that of the mirrored crop: twice the work, a little steadier. */
  readonly flip?: boolean
  readonly limits?: Partial<Limits>
  readonly decoder?: NonNullable<OpenMediaOptions['decoder']>
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: Progress) => void
  /** Frames kept as pictures for `renderEvidence`; 0 for none. */
  readonly evidenceFrames?: number
}

/** Options of one analysis, complete. */
export interface ResolvedOptions
  extends Required<Omit<AnalyzeOptions, 'limits' | 'models' | 'signal' | 'onProgress'>> {
  /** Null for all. */
  readonly models: readonly string[] | null
  readonly limits: Limits
  /** Aborts when the caller cancels, and when the time is up. */
  readonly signal: AbortSignal
  readonly onProgress?: (progress: Progress) => void
}

/** Fills in the defaults. */
export const resolveOptions = (asked: AnalyzeOptions, signal: AbortSignal): ResolvedOptions => ({
  sampling: { count: ANALYSIS_DEFAULTS.frames, closer: true },
  maxFaces: ANALYSIS_DEFAULTS.maxFaces,
  flip: ANALYSIS_DEFAULTS.flip,
  evidenceFrames: ANALYSIS_DEFAULTS.evidenceFrames,
  models: null,
  decoder: 'auto',
  ...asked,
  limits: { ...DEFAULT_LIMITS, ...asked.limits },
  signal,
})

/**
 * Milliseconds spent per stage; not part of the report, which is the same for the same input. `temporal` holds
 * calibration and verdict as well.
 */
export type Timings = Readonly<
  Record<'media' | 'faces' | 'scoring' | 'temporal' | 'report' | 'total', number>
>

export interface Analysis extends ReportWithEvidence {
  readonly timings: Timings
}

export interface Detector {
  readonly models: readonly ModelIdentity[]
  /**
   * Analyses one photograph or video. Concurrent calls share batches.
   * @throws UnswapError with a code of `contract`; an error never becomes a verdict.
   */
  analyze(source: MediaSource, options?: AnalyzeOptions): Promise<Analysis>
  close(): Promise<void>
}
