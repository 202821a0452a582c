import { UnswapError } from '@unswap/contract'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import type { Caller } from '../access/caller.ts'
import { networkOf } from '../fetch/ip-address.ts'
import { Refusal } from '../to-problem.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Sent instead of a 401 when too many wrong credentials came from this network; else null. */
    tooManyFailures: Refusal | null
  }
  interface FastifyInstance {
    /**
     * Finds the caller behind a credential; failures are counted.
     * @throws UnswapError `unauthorized`
     */
    verify(request: FastifyRequest, credential: string): Promise<Caller>
  }
}

export interface FailedCredentialsOptions {
  /** Finds the caller behind a key or token; throws for unknown, expired and revoked ones. */
  readonly verify: (credential: string) => Promise<Caller>
  /** Wrong credentials a minute from one address, beyond which 401 becomes 429; 0 for no limit. */
  readonly failuresPerMinute: number
}

/**
 * Counts wrong credentials by network. Valid ones always pass: keys of 256 bits cannot be guessed, and nobody may
 * lock out others who share a network. Needs `rateLimits`.
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

/** The error to answer: `thrown`, or the 429 in place of a 401. */
export const preferTooManyFailures = (thrown: unknown, { tooManyFailures }: FastifyRequest): unknown =>
  thrown instanceof UnswapError && thrown.code === 'unauthorized' && tooManyFailures
    ? tooManyFailures
    : thrown
