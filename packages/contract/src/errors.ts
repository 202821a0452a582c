/** Every way in which Unswap can fail, by category. `server` maps categories to HTTP, `cli` to exit statuses. */
export const ERROR_CATEGORY = {
  // what was asked for
  bad_option: 'usage',
  // the media
  media_not_found: 'media',
  media_empty: 'media',
  media_unsupported: 'media',
  media_unreadable: 'media',
  media_no_video: 'media',
  media_no_frames: 'media',
  media_crashed_worker: 'media',
  // limits
  limit_bytes: 'limit',
  limit_pixels: 'limit',
  limit_duration: 'limit',
  limit_frames: 'limit',
  limit_time: 'limit',
  // this machine
  decoder_missing: 'setup',
  decoder_failed: 'internal',
  model_missing: 'setup',
  model_invalid: 'setup',
  model_corrupt: 'setup',
  model_self_test_failed: 'setup',
  calibration_invalid: 'setup',
  device_unavailable: 'setup',
  inference_failed: 'internal',
  scoring_unavailable: 'setup',
  // training
  trainer_missing: 'setup',
  training_failed: 'internal',
  // signatures
  report_malformed: 'usage',
  signing_key_invalid: 'setup',
  trust_list_invalid: 'setup',
  // the caller and the request (service only)
  unauthorized: 'service',
  forbidden: 'service',
  not_found: 'service',
  gone: 'service',
  conflict: 'service',
  method_not_allowed: 'usage',
  rate_limited: 'service',
  quota_exceeded: 'service',
  overloaded: 'service',
  body_malformed: 'usage',
  body_invalid: 'usage',
  body_type: 'usage',
  body_timeout: 'usage',
  url_blocked: 'usage',
  url_failed: 'usage',
  config_invalid: 'setup',
  storage_failed: 'internal',
  worker_crashed: 'internal',
  worker_lost: 'internal',
  // course of events
  cancelled: 'cancelled',
  internal: 'internal',
} as const

export type ErrorCode = keyof typeof ERROR_CATEGORY
export type ErrorCategory = (typeof ERROR_CATEGORY)[ErrorCode]

/** The one error class: a stable code, a sentence that says what to do, the cause, and whether trying again can help. */
export class UnswapError extends Error {
  readonly code: ErrorCode
  readonly retryable: boolean

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; retryable?: boolean } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'UnswapError'
    this.code = code
    this.retryable = options.retryable ?? false
  }

  get category(): ErrorCategory {
    return ERROR_CATEGORY[this.code]
  }
}

/** Any thrown value as an `UnswapError`: its own kind as it is, an abort as `cancelled`, the rest as `internal`. */
export function toUnswapError(thrown: unknown): UnswapError {
  if (thrown instanceof UnswapError) return thrown
  if (thrown instanceof Error && thrown.name === 'AbortError') {
    return new UnswapError('cancelled', 'The analysis was cancelled.', { cause: thrown })
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return new UnswapError('internal', `Unexpected failure: ${message}`, { cause: thrown })
}
