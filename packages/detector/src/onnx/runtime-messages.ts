import type { RuntimeSettings } from './runtime.ts'
import type { NamedTensors } from './tensor.ts'

/** What the thread of a network starts with. */
export interface ThreadStart {
  readonly model: string | Uint8Array
  readonly settings: RuntimeSettings
}

/** A request to the thread: run the network on `feeds`, or end when `feeds` is null. */
export interface RunRequest {
  readonly number: number
  readonly feeds: NamedTensors | null
}

/** What the thread sends back: first how loading went, then one answer per request. */
export type ThreadAnswer =
  | { readonly kind: 'loaded'; readonly inputs: readonly string[]; readonly outputs: readonly string[] }
  | { readonly kind: 'load_failed'; readonly message: string }
  | { readonly kind: 'ran'; readonly number: number; readonly results: NamedTensors }
  | { readonly kind: 'run_failed'; readonly number: number; readonly message: string }

/** The distinct buffers of tensors, to be moved to another thread rather than copied. */
export const buffersOf = (tensors: NamedTensors): ArrayBuffer[] => [
  ...new Set(Object.values(tensors).map(({ data }) => data.buffer as ArrayBuffer)),
]
