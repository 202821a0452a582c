import { UnswapError } from '@unswap/contract'
import type { FastifyRequest } from 'fastify'
import { type Caller, requireScope } from '../access/caller.ts'
import { hashAddress } from '../access/record-audit.ts'
import type { Service } from '../boot/service.ts'
import { countSubmissions, type Sender, submissionTime } from '../storage/access/audit-store.ts'
import { Refusal } from '../to-problem.ts'

/** What a form needs around its files. */
const ENVELOPE_BYTES = 1024 ** 2
const DAY = 86_400_000

/**
 * Decides before a byte of the body is read whether it will be taken: who sends it, how long it says it is, whether
 * there is room in the queue and in memory, and what the sender may still send today.
 * @throws UnswapError `unauthorized`, `forbidden`, `limit_bytes`, `overloaded`, `quota_exceeded`
 */
export async function admitSubmission(
  service: Service,
  request: FastifyRequest,
  bytes: number,
): Promise<Caller> {
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
  await checkQuota(service, request, 1)
  return caller
}

/** How many analyses the caller may still send within this day; null for no bound. What was deleted counts as sent. */
export async function quotaLeft({ db, config }: Service, request: FastifyRequest): Promise<number | null> {
  const most = quotaOf(config, request.caller)
  if (most === 0) return null
  return Math.max(0, most - (await countSubmissions(db, senderOf(config, request), Date.now() - DAY)))
}

/**
 * @throws Refusal `quota_exceeded` when the caller may not send so many analyses more within this day
 */
export async function checkQuota(service: Service, request: FastifyRequest, wanted: number): Promise<void> {
  const { db, config } = service
  const left = await quotaLeft(service, request)
  if (left === null || wanted <= left) return
  const since = Date.now() - DAY
  const freed = await submissionTime(db, senderOf(config, request), since, wanted - left - 1)
  const most = quotaOf(config, request.caller)
  throw new Refusal(
    'quota_exceeded',
    `${most} analyses a day are allowed, and ${most - left} were sent; wait or ask for more.`,
    { retryAfterSeconds: ((freed ?? Date.now()) - since) / 1000 },
  )
}

const quotaOf = ({ access }: Service['config'], caller: Caller | null): number =>
  caller?.analysesPerDay ?? access.analysesPerDay

/** Callers without a key are told apart by their addresses. */
const senderOf = (config: Service['config'], { caller, ip }: FastifyRequest): Sender =>
  caller === null || caller.kind === 'anonymous'
    ? { actor: 'anonymous', address: hashAddress(config, ip) }
    : { actor: caller.id, address: null }
