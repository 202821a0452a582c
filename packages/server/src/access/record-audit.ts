import { createHmac, randomBytes } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { Service } from '../boot/service.ts'
import { networkOf } from '../fetch/ip-address.ts'
import { appendAudit } from '../storage/access/audit-store.ts'

type Action =
  | 'analysis.create'
  | 'analysis.cancel'
  | 'analysis.delete'
  | 'analysis.export'
  | 'batch.create'
  | 'batch.delete'
  | 'delivery.retry'
  | 'feedback.create'
  | 'feedback.export'
  | 'key.create'
  | 'key.revoke'
  | 'session.create'

const ownKey = randomBytes(32)

/** The keyed hash that stands for an IP address; for IPv6 it is that of the /64 network. */
export function hashAddress({ access }: Service['config'], address: string): string {
  const key = access.addressKey === '' ? ownKey : access.addressKey
  return createHmac('sha256', key).update(networkOf(address)).digest('hex').slice(0, 16)
}

/**
 * Writes to the audit log who changed what. The IP address is stored as a keyed hash: two entries can be compared,
 * but the address cannot be found out without the key.
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
