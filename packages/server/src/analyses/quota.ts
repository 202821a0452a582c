import type { FastifyRequest } from 'fastify'
import type { Caller } from '../access/caller.ts'
import { hashAddress } from '../access/record-audit.ts'
import type { Service } from '../boot/service.ts'
import { countSubmissions, type Sender, submissionTime } from '../storage/access/audit-store.ts'
import { Refusal } from '../to-problem.ts'

const DAY_MS = 86_400_000

/** How many analyses the caller may still send within 24 hours; null for no limit. Deleted analyses count as sent. */
export async function quotaLeft({ db, config }: Service, request: FastifyRequest): Promise<number | null> {
  const most = quotaOf(config, request.caller)
  if (most === 0) return null
  return Math.max(0, most - (await countSubmissions(db, senderOf(config, request), Date.now() - DAY_MS)))
}

/**
 * Throws when the caller may not send `wanted` more analyses within 24 hours.
 * @throws Refusal `quota_exceeded`, with the time when it may
 */
export async function checkQuota(service: Service, request: FastifyRequest, wanted: number): Promise<void> {
  const { db, config } = service
  const left = await quotaLeft(service, request)
  if (left === null || wanted <= left) return
  const since = Date.now() - DAY_MS
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

/** Callers without a key are counted by address. */
const senderOf = (config: Service['config'], { caller, ip }: FastifyRequest): Sender =>
  caller === null || caller.kind === 'anonymous'
    ? { actor: 'anonymous', address: hashAddress(config, ip) }
    : { actor: caller.id, address: null }
