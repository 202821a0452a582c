import { type ErrorCode, type Problem, toUnswapError, UnswapError } from '@unswap/contract'

const STATUS: Readonly<Record<ErrorCode, number>> = {
  bad_option: 400,
  media_not_found: 404,
  media_empty: 422,
  media_unsupported: 415,
  media_unreadable: 422,
  media_no_video: 422,
  media_no_frames: 422,
  media_crashed_worker: 422,
  limit_bytes: 413,
  limit_pixels: 413,
  limit_duration: 413,
  limit_frames: 413,
  limit_time: 422,
  decoder_missing: 503,
  decoder_failed: 422,
  model_missing: 503,
  model_invalid: 503,
  model_corrupt: 503,
  model_self_test_failed: 503,
  calibration_invalid: 503,
  device_unavailable: 503,
  inference_failed: 500,
  scoring_unavailable: 503,
  trainer_missing: 500,
  training_failed: 500,
  report_malformed: 400,
  signing_key_invalid: 503,
  trust_list_invalid: 503,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  gone: 410,
  conflict: 409,
  method_not_allowed: 405,
  rate_limited: 429,
  quota_exceeded: 429,
  overloaded: 503,
  body_malformed: 400,
  body_invalid: 400,
  body_type: 415,
  body_timeout: 408,
  url_blocked: 400,
  url_failed: 422,
  config_invalid: 503,
  storage_failed: 503,
  worker_crashed: 500,
  worker_lost: 503,
  cancelled: 409,
  internal: 500,
}

/** The HTTP status of an error's code. Nothing else maps codes to statuses. */
const statusOf = (code: ErrorCode): number => STATUS[code]

const TITLE: Partial<Record<ErrorCode, string>> = {
  unauthorized: 'Sign in first',
  forbidden: 'Not allowed',
  not_found: 'Not found',
  overloaded: 'Too much to do',
  internal: 'Something went wrong inside Unswap',
}

/** An error as problem details (RFC 9457). Internal errors are explained in the log only. */
export function toProblem(thrown: unknown, requestId?: string, errors?: Problem['errors']): Problem {
  const error = toUnswapError(thrown)
  const hidden = error.code === 'internal' || error.code === 'storage_failed'
  const words = error.code.replaceAll('_', ' ')
  return {
    type: `urn:unswap:problem:${error.code}`,
    title: TITLE[error.code] ?? words.charAt(0).toUpperCase() + words.slice(1),
    status: statusOf(error.code),
    code: error.code,
    detail: hidden
      ? 'The service could not do this. Try again; if it happens again, give the request id to whoever runs it.'
      : error.message,
    retryable: error.retryable || statusOf(error.code) === 503 || statusOf(error.code) === 429,
    ...(requestId === undefined ? {} : { requestId }),
    ...(errors === undefined ? {} : { errors }),
  }
}

/** An error with more than a message: the fields that were wrong, or when to retry. */
export class Refusal extends UnswapError {
  readonly errors: Problem['errors']
  readonly retryAfterSeconds: number | undefined

  constructor(
    code: ErrorCode,
    message: string,
    more: { errors?: Problem['errors']; retryAfterSeconds?: number; cause?: unknown } = {},
  ) {
    super(code, message, { cause: more.cause, retryable: more.retryAfterSeconds !== undefined })
    this.errors = more.errors
    this.retryAfterSeconds = more.retryAfterSeconds
  }
}
