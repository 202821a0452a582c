import { UnswapError } from '@unswap/contract'
import { type Dispatcher, request } from 'undici'
import { parseHttpUrl } from '../fetch/guarded-agent.ts'
import { signWebhook } from './sign-webhook.ts'

export interface OutgoingWebhook {
  readonly id: string
  readonly url: string
  readonly body: string
  readonly secret: string | null
}

/**
 * Sends one webhook message once. Any 2xx status counts as received; redirects are not followed.
 * @throws UnswapError `url_blocked` (not retryable) or `url_failed` (retryable)
 */
export async function postWebhook(
  delivery: OutgoingWebhook,
  agent: Dispatcher,
  seconds: number,
): Promise<void> {
  const url = parseHttpUrl(delivery.url)
  const signature =
    delivery.secret === null
      ? {}
      : { 'unswap-signature': signWebhook(delivery.body, delivery.secret, new Date()) }
  let status: number
  try {
    const answer = await request(url, {
      dispatcher: agent,
      method: 'POST',
      signal: AbortSignal.timeout(seconds * 1000),
      headers: {
        'content-type': 'application/json',
        'user-agent': 'unswap',
        'unswap-delivery': delivery.id,
        ...signature,
      },
      body: delivery.body,
    })
    status = answer.statusCode
    // The body is not needed, and may never end.
    answer.body.on('error', () => undefined).destroy()
  } catch (cause) {
    for (let inner: unknown = cause; inner instanceof Error; inner = inner.cause) {
      if (inner instanceof UnswapError) throw inner
    }
    throw new UnswapError('url_failed', 'The webhook’s address did not answer.', { cause, retryable: true })
  }
  if (status < 200 || status > 299) {
    throw new UnswapError('url_failed', `The webhook’s address answered with status ${status}.`, {
      retryable: true,
    })
  }
}
