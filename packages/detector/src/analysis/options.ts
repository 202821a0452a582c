import type { Limits, ModelIdentity, Progress, Report, Sampling } from '@unswap/contract'
import type { Remote } from '../classifiers/kserve/call.ts'
import type { BatchTimes } from '../classifiers/scorer.ts'
import type { MediaSource, OpenMediaOptions, Picture } from '../media/frame.ts'
import type { Device } from '../onnx/execution-providers.ts'

export interface DetectorOptions {
  /** Folder of `models/<id>/` folders. */
  readonly modelsDir: string
  /** Classifier ids to run; all that are there by default. */
  readonly models?: readonly string[]
  readonly device?: Device
  /** Threads of each network, 0 for as many as there are processors. */
  readonly threads?: number
  /** Run the classifiers on an inference server; faces are still found here. */
  readonly remote?: Remote
  /** Most crops in one batch. */
  readonly batch?: number
  /** Average each score with that of the mirrored crop: twice the work, a little steadier. */
  readonly flip?: boolean
  /** File of certificates (PEM) whose holders are trusted to sign content credentials; none by default. */
  readonly trustList?: string
  /** Told after each batch of crops, for figures of the service. */
  readonly onBatch?: (batch: BatchTimes) => void
}

export interface AnalyzeOptions {
  /** Frames of a video; by default 32 spread evenly, and more around faces that are in too few of them to be judged. */
  readonly sampling?: Sampling
  /** Faces kept per frame, largest first; 16 by default. */
  readonly maxFaces?: number
  readonly limits?: Partial<Limits>
  readonly decoder?: NonNullable<OpenMediaOptions['decoder']>
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: Progress) => void
  /** Keep pictures for `renderEvidence`: 6 frames by default, 0 for none. */
  readonly evidenceFrames?: number
}

/** A kept frame, scaled by `scale` from the analysed one so that memory stays bounded. */
export interface EvidenceFrame {
  /** Index into `report.frames`. */
  readonly frame: number
  readonly seconds: number
  readonly scale: number
  readonly picture: Picture
}

/** The most telling crop of a face: upright RGB, its manipulation map as probabilities, and where it was seen. */
export interface EvidenceFace {
  readonly faceId: string
  readonly frame: number
  readonly crop: Picture
  readonly map: { readonly size: number; readonly probabilities: Float32Array } | null
}

/** Pictures behind a report: frames most suspicious first, one crop per face in the order of `report.faces`. */
export interface Evidence {
  readonly frames: readonly EvidenceFrame[]
  readonly faces: readonly EvidenceFace[]
}

/** Milliseconds spent per stage; not part of the report, which is the same for the same input. */
export type Timings = Readonly<
  Record<'media' | 'faces' | 'scoring' | 'temporal' | 'report' | 'total', number>
>

export interface Analysis {
  readonly report: Report
  readonly evidence: Evidence
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
