import { setTimeout as pause } from 'node:timers/promises'
import { UnswapError } from '@unswap/contract'
import type { Message } from './tensors.ts'

/** An inference server that speaks the KServe v2 protocol (NVIDIA Triton and others) over HTTP. */
export interface Remote {
  /** Where `/v2` lies, such as http://triton:8000. */
  readonly url: string
  /** Sent as a bearer token. */
  readonly token?: string
  /** Longest single try in seconds, 30 by default. */
  readonly seconds?: number
  /** Most tries of one call, 4 by default. The pauses between them start at 100 ms and double, with random jitter. */
  readonly attempts?: number
}

/** An answer of the server that need not be retried: 2xx, or a 4xx that the caller interprets. */
export interface Answer {
  readonly status: number
  readonly body: ArrayBuffer
  readonly headerLength: number | null
}

const FIRST_PAUSE_MS = 100
/** Statuses of temporary failures, after which the same request may succeed. */
const TEMPORARY = new Set([408, 425, 429, 500, 502, 503, 504])

/**
 * One call, retried after a lost connection, a time-out or a temporary status. Inference has no side effects, so that
 * retrying is safe. Redirects are refused: faces are sent to the named server only.
 * @throws UnswapError `scoring_unavailable` when no try was answered, `cancelled` after `signal`
 */
export async function call(
  remote: Remote,
  path: string,
  message: Message | null,
  signal?: AbortSignal,
): Promise<Answer> {
  const attempts = remote.attempts ?? 4
  for (let attempt = 1; ; attempt++) {
    try {
      const answer = await once(remote, path, message, signal)
      if (!TEMPORARY.has(answer.status)) return answer
      throw new Error(`it answered ${answer.status}: ${faultOf(answer)}`)
    } catch (cause) {
      if (signal?.aborted) throw cancelled(signal)
      if (attempt >= attempts) throw unavailable(remote, attempts, cause)
    }
    const most = FIRST_PAUSE_MS * 2 ** (attempt - 1)
    await pause(most / 2 + (Math.random() * most) / 2, undefined, { ...(signal && { signal }) }).catch(() => {
      throw cancelled(signal)
    })
  }
}

async function once(remote: Remote, path: string, message: Message | null, signal?: AbortSignal) {
  const limit = AbortSignal.timeout((remote.seconds ?? 30) * 1000)
  const response = await fetch(`${remote.url.replace(/\/+$/, '')}/v2${path}`, {
    method: message ? 'POST' : 'GET',
    redirect: 'error',
    signal: signal ? AbortSignal.any([signal, limit]) : limit,
    headers: {
      ...(remote.token && { authorization: `Bearer ${remote.token}` }),
      ...(message && { 'content-type': typeOf(message) }),
      ...(message?.headerLength != null && {
        'inference-header-content-length': String(message.headerLength),
      }),
    },
    ...(message && { body: message.body }),
  })
  const length = response.headers.get('inference-header-content-length')
  return {
    status: response.status,
    body: await response.arrayBuffer(),
    headerLength: length === null ? null : Number(length),
  }
}

const typeOf = ({ headerLength }: Message): string =>
  headerLength === null ? 'application/json' : 'application/octet-stream'

/** The server's message about an error, or the beginning of whatever it sent. */
export function faultOf({ body }: Answer): string {
  const text = new TextDecoder().decode(body).slice(0, 300).trim()
  try {
    const { error } = JSON.parse(text) as { error?: unknown }
    return typeof error === 'string' ? error : text
  } catch {
    return text || 'nothing more'
  }
}

function unavailable({ url }: Remote, attempts: number, cause: unknown): UnswapError {
  const error = cause as Error
  const reason = error.cause instanceof Error ? error.cause.message : error.message
  return new UnswapError(
    'scoring_unavailable',
    `The inference server ${new URL(url).host} could not be asked (${attempts} tries): ${reason}. ` +
      'See that it runs and has room, then try again.',
    { cause, retryable: true },
  )
}

const cancelled = (signal?: AbortSignal): UnswapError =>
  new UnswapError('cancelled', 'The scoring of faces was cancelled.', { cause: signal?.reason })
