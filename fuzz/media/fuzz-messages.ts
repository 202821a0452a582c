import type { Target } from '../corpus/attack-files.ts'

/** What a worker is told once, before its first input. */
export interface Work {
  readonly seed: number
  readonly heavy: number
  readonly target: Target
  readonly models: string
}

/** What became of one input, and what its analysis left behind. */
export interface Outcome {
  readonly index: number
  readonly name: string
  /** `report`, or the code of the error; with a complaint where that is no proper end. */
  readonly end: string
  readonly complaint: string | null
  readonly milliseconds: number
  readonly temporaries: number
  readonly children: number
  readonly handles: number
  /** Resident memory in bytes. */
  readonly memory: number
}

export type FromWorker = { type: 'ready' } | { type: 'done'; outcome: Outcome }
export type ToWorker = { type: 'work'; work: Work } | { type: 'input'; index: number }
