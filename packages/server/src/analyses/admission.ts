import { UnswapError } from '@unswap/contract'
import type { FastifyRequest } from 'fastify'
import { requireScope } from '../access/caller.ts'
import type { Service } from '../boot/service.ts'
import { Refusal } from '../to-problem.ts'
import { checkQuota } from './quota.ts'

/** Bytes that a multipart form may need besides its files. */
const ENVELOPE_BYTES = 1024 ** 2

/**
 * Throws when a submission cannot be taken, before its body is read. Checks scope, announced length, memory, queue
 * and daily quota.
 * @throws UnswapError `unauthorized`, `forbidden`, `limit_bytes`, `overloaded`, `quota_exceeded`
 */
export async function admitSubmission(
  service: Service,
  request: FastifyRequest,
  bytes: number,
): Promise<void> {
  const { config, queue } = service
  requireScope(request.caller, 'analyze')
  const announced = Number(request.headers['content-length'] ?? 0)
  if (announced > bytes + ENVELOPE_BYTES) {
    throw new UnswapError('limit_bytes', `The body is larger than the ${bytes} bytes that are taken.`)
  }
  if (request.server.isUnderPressure()) {
    throw new Refusal('overloaded', 'The service has too much to do; try again soon.', {
      retryAfterSeconds: 5,
    })
  }
  const { queued } = await queue.stats()
  if (queued >= config.queue.most) {
    throw new Refusal('overloaded', `${queued} analyses are waiting already; try again later.`, {
      retryAfterSeconds: Math.min(300, 5 + queued / 20),
    })
  }
  await checkQuota(service, request, 1)
}
