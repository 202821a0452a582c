import { UnswapError } from '@unswap/contract'
import type { FastifyRequest } from 'fastify'
import { type Caller, requireScope } from '../access/caller.ts'
import { Refusal } from '../problem.ts'
import type { Service } from '../service.ts'
import { countAnalysesSince } from '../storage/analyses.ts'

/** What a form needs around its files. */
const ENVELOPE_BYTES = 1024 ** 2
const DAY = 86_400_000

/**
 * Decides before a byte of the body is read whether it will be taken: who sends it, how long it says it is, whether
 * there is room in the queue and in memory, and what the sender may still send today.
 * @throws UnswapError `unauthorized`, `forbidden`, `limit_bytes`, `overloaded`, `quota_exceeded`
 */
export async function admit(service: Service, request: FastifyRequest, bytes: number): Promise<Caller> {
  const { config, queue } = service
  const { caller } = request
  requireScope(caller, 'analyze')
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
  await checkQuota(service, caller, 1)
  return caller
}

/**
 * @throws Refusal `quota_exceeded` when the caller has sent as many analyses within a day as it may
 */
export async function checkQuota({ db, config }: Service, caller: Caller, wanted: number): Promise<void> {
  const most = caller.analysesPerDay ?? config.access.analysesPerDay
  if (most === 0) return
  const sent = await countAnalysesSince(db, caller.id, Date.now() - DAY)
  if (sent + wanted <= most) return
  throw new Refusal(
    'quota_exceeded',
    `${most} analyses a day are allowed, and ${sent} were sent; wait or ask for more.`,
    {
      retryAfterSeconds: 3600,
    },
  )
}
