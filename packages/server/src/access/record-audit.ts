import { createHmac, randomBytes } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { Service } from '../boot/service.ts'
import { networkOf } from '../fetch/ip-address.ts'
import { appendAudit } from '../storage/access/audit-store.ts'

type Action =
  | 'analysis.create'
  | 'analysis.cancel'
  | 'analysis.delete'
  | 'batch.create'
  | 'batch.delete'
  | 'delivery.retry'
  | 'feedback.create'
  | 'feedback.export'
  | 'key.create'
  | 'key.revoke'
  | 'session.create'

const ownKey = randomBytes(32)

/** What stands for an address, and of IPv6 for the network of whoever has it. */
export function hashAddress({ access }: Service['config'], address: string): string {
  const key = access.addressKey === '' ? ownKey : access.addressKey
  return createHmac('sha256', key).update(networkOf(address)).digest('hex').slice(0, 16)
}

/**
 * Notes who changed what. The address is kept as a keyed hash: it tells whether two entries came from one place, and
 * nobody without the key can find out which place that was.
 */
export async function recordAudit(
  { db, config }: Pick<Service, 'db' | 'config'>,
  request: FastifyRequest,
  action: Action,
  subject: string | null,
): Promise<void> {
  await appendAudit(db, {
    actor: request.caller?.id ?? 'anonymous',
    action,
    subject,
    requestId: request.id,
    address: hashAddress(config, request.ip),
  })
}
