/** An item that gave no crop, and why: one line of `failures.jsonl`. */
export interface Failure {
  readonly path: string
  readonly code: string
  readonly message: string
}
