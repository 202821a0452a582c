import type { ErrorCode, ModelIdentity, Progress } from '@unswap/contract'
import type { BatchTimes } from '@unswap/detector'
import type { AnalyzerOptions, Task, TaskResult } from './analyzer.ts'

/** Messages from the service to an analysing process. */
export type ToProcess =
  | { readonly type: 'open'; readonly module: string; readonly options: AnalyzerOptions }
  | { readonly type: 'analyze'; readonly task: Task }
  | { readonly type: 'cancel'; readonly id: string }
  | { readonly type: 'close' }

/** An error as it is sent between processes. */
export interface SerializedError {
  readonly code: ErrorCode
  readonly message: string
  readonly retryable: boolean
}

/** Messages from an analysing process to the service. `memory` is its resident memory in bytes. */
export type FromProcess =
  | { readonly type: 'ready'; readonly models: readonly ModelIdentity[] }
  | { readonly type: 'unready'; readonly error: SerializedError }
  | { readonly type: 'progress'; readonly id: string; readonly progress: Progress }
  | { readonly type: 'done'; readonly id: string; readonly result: TaskResult }
  | { readonly type: 'failed'; readonly id: string; readonly error: SerializedError }
  | { readonly type: 'batch'; readonly batch: BatchTimes }
  | { readonly type: 'memory'; readonly bytes: number }
