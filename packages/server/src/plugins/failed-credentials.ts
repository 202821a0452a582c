import { UnswapError } from '@unswap/contract'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import type { Caller } from '../access/caller.ts'
import { networkOf } from '../fetch/ip-address.ts'
import { Refusal } from '../to-problem.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** What is answered in place of a 401 when too many wrong keys came from where this one did. */
    tooManyFailures: Refusal | null
  }
  interface FastifyInstance {
    /**
     * The caller behind a credential of a request. Wrong ones are counted.
     * @throws UnswapError `unauthorized`
     */
    verify(request: FastifyRequest, credential: string): Promise<Caller>
  }
}

export interface FailedCredentialsOptions {
  /** The caller behind a key or token; refuses those that are unknown, expired or revoked. */
  readonly verify: (credential: string) => Promise<Caller>
  /** Wrong credentials a minute from one address, beyond which 401 becomes 429; 0 for no limit. */
  readonly failuresPerMinute: number
}

/**
 * Counts wrong credentials by where they come from. A right one is let in however many wrong ones came from the same place:
 * keys of 256 bits are not guessed, and nobody is to lock out those who share an address with them. Needs `rate`.
 */
export const failedCredentials = fastifyPlugin(
  async (app: FastifyInstance, options: FailedCredentialsOptions) => {
    const { verify, failuresPerMinute: most } = options
    const count = app.createRateLimit({
      max: most,
      timeWindow: 60_000,
      allowList: [],
      keyGenerator: (request) => `wrong:${networkOf(request.ip)}`,
    })
    app.decorateRequest('tooOften', null)
    app.decorate('verify', async (request, credential) => {
      try {
        return await verify(credential)
      } catch (thrown) {
        if (most > 0 && thrown instanceof UnswapError && thrown.code === 'unauthorized') {
          const state = await count(request)
          if (!state.isAllowed && state.isExceeded) request.tooManyFailures = refuse(most, state.ttl)
        }
        throw thrown
      }
    })
  },
)

const refuse = (most: number, milliseconds: number) =>
  new Refusal(
    'rate_limited',
    `More than ${most} wrong keys came from this address within a minute; wait, then send a right one.`,
    { retryAfterSeconds: milliseconds / 1000 },
  )

/** What a request is refused with. */
export const preferTooManyFailures = (thrown: unknown, { tooManyFailures }: FastifyRequest): unknown =>
  thrown instanceof UnswapError && thrown.code === 'unauthorized' && tooManyFailures
    ? tooManyFailures
    : thrown
