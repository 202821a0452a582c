import type { ErrorCategory } from '@unswap/contract'

/** Every exit status of the command. Nothing but this package maps an error's category to a number. */
export const EXIT = {
  done: 0,
  /** Every file was analysed, and a verdict is one of those given to `--fail-on`; or a service has drifted. */
  verdict: 1,
  usage: 2,
  media: 3,
  limit: 4,
  setup: 5,
  internal: 6,
  service: 6,
  cancelled: 130,
  // What `unswap verify` finds; where several hold, the first of them is the status.
  signature_invalid: 10,
  report_unsigned: 11,
  key_unknown: 12,
  report_unreadable: 13,
  media_differs: 14,
  models_differ: 15,
  result_differs: 16,
} as const satisfies Record<ErrorCategory | 'done' | 'verdict' | Finding, number>

/** Why a report does not hold. */
export type Finding =
  | 'signature_invalid'
  | 'report_unsigned'
  | 'key_unknown'
  | 'report_unreadable'
  | 'media_differs'
  | 'models_differ'
  | 'result_differs'

export type Outcome = keyof typeof EXIT

/** From least to most grave: an error says that something is missing, so it outranks a verdict. */
const GRAVITY: readonly Outcome[] = [
  'done',
  'verdict',
  'media',
  'limit',
  'usage',
  'internal',
  'service',
  'setup',
  'cancelled',
]

/** The graver of two outcomes: the exit status of a batch is that of its worst file. */
export function graver(a: Outcome, b: Outcome): Outcome {
  return GRAVITY.indexOf(a) >= GRAVITY.indexOf(b) ? a : b
}
