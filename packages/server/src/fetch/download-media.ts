import { UnswapError } from '@unswap/contract'
import { type Dispatcher, errors, request } from 'undici'
import { parseHttpUrl } from './guarded-agent.ts'

/** Media that is being downloaded: its bytes, and the file name in its URL. */
export interface DownloadedMedia {
  readonly body: AsyncIterable<Uint8Array>
  readonly name: string | null
}

export interface DownloadOptions {
  readonly agent: Dispatcher
  /** Largest download in bytes; checked against the announced length and again while reading. */
  readonly bytes: number
  /** Longest download in seconds, redirects included. */
  readonly seconds: number
  readonly redirects: number
  readonly signal?: AbortSignal
}

const REDIRECTS = new Set([301, 302, 303, 307, 308])
const MEDIA_TYPE = /^(image\/|video\/|application\/octet-stream\b|binary\/octet-stream\b)/i

/**
 * Opens a URL for reading. Nothing of the caller is sent along (cookies, authorization, referrer), and each redirect
 * is checked like the first URL.
 * @throws UnswapError `url_blocked`, `url_failed`, `limit_bytes`
 */
export async function downloadMedia(address: string, options: DownloadOptions): Promise<DownloadedMedia> {
  const limit = AbortSignal.timeout(options.seconds * 1000)
  const signal = options.signal ? AbortSignal.any([limit, options.signal]) : limit
  let url = parseHttpUrl(address)
  for (let hop = 0; hop <= options.redirects; hop++) {
    const answer = await request(url, {
      dispatcher: options.agent,
      signal,
      headers: { accept: 'image/*, video/*', 'accept-encoding': 'identity', 'user-agent': 'unswap' },
    }).catch((thrown) => {
      throw explain(thrown, options.seconds)
    })
    const location = answer.headers.location
    if (REDIRECTS.has(answer.statusCode) && typeof location === 'string') {
      // Destroyed, not drained: the body is not needed and may never end.
      answer.body.on('error', () => undefined).destroy()
      url = parseHttpUrl(location, url)
      continue
    }
    try {
      checkHead(answer, options.bytes)
    } catch (refused) {
      answer.body.on('error', () => undefined).destroy()
      throw refused
    }
    return { body: bounded(answer.body, options), name: nameOf(url) }
  }
  throw new UnswapError('url_failed', `The address redirects more than ${options.redirects} times.`)
}

function checkHead({ statusCode, headers }: Dispatcher.ResponseData, bytes: number): void {
  if (statusCode !== 200) {
    throw new UnswapError(
      'url_failed',
      `The address answered with status ${statusCode}; check that it is public.`,
      {
        retryable: statusCode >= 500,
      },
    )
  }
  const type = headers['content-type']
  if (typeof type === 'string' && !MEDIA_TYPE.test(type)) {
    const said = type.slice(0, 80)
    throw new UnswapError(
      'url_failed',
      `The address holds ${said}, not a picture or video; link to the file itself.`,
    )
  }
  const encoding = headers['content-encoding']
  if (encoding !== undefined && encoding !== 'identity') {
    throw new UnswapError('url_failed', 'The address answers in a compressed encoding although asked not to.')
  }
  if (Number(headers['content-length'] ?? 0) > bytes) throw tooLarge(bytes)
}

async function* bounded(
  body: AsyncIterable<Uint8Array>,
  options: DownloadOptions,
): AsyncGenerator<Uint8Array> {
  let read = 0
  try {
    for await (const chunk of body) {
      read += chunk.byteLength
      if (read > options.bytes) throw tooLarge(options.bytes)
      yield chunk
    }
  } catch (thrown) {
    throw explain(thrown, options.seconds)
  }
}

const tooLarge = (bytes: number) =>
  new UnswapError(
    'limit_bytes',
    `The file at the address is larger than ${bytes} bytes, the most that is taken.`,
  )

function nameOf(url: URL): string | null {
  const last = url.pathname.split('/').at(-1) ?? ''
  try {
    return decodeURIComponent(last) || null
  } catch {
    return null
  }
}

/** Any failure of a download as `url_failed`, so that trouble with a network is never an internal error. */
function explain(thrown: unknown, seconds: number): UnswapError {
  for (let cause = thrown; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof UnswapError) return cause
  }
  const late =
    (thrown instanceof Error && thrown.name === 'TimeoutError') ||
    thrown instanceof errors.HeadersTimeoutError ||
    thrown instanceof errors.BodyTimeoutError ||
    thrown instanceof errors.ConnectTimeoutError
  const why = late ? `did not answer in full within ${seconds} seconds` : 'cannot be reached'
  return new UnswapError('url_failed', `The address ${why}; check it, or upload the file.`, {
    cause: thrown,
    retryable: true,
  })
}
