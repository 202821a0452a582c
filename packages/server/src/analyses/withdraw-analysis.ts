import { type AnalysisState, isFinal } from '@unswap/contract'
import type { FastifyRequest } from 'fastify'
import { recordAudit } from '../access/record-audit.ts'
import type { Service } from '../boot/service.ts'
import { eraseAnalysis } from '../storage/retention/erase.ts'

/**
 * Cancels an analysis that waits or runs, counts that and writes it into the audit log.
 * @returns whether it did, and the state that it found or left; null for an analysis that is gone
 */
export async function cancelAnalysis(
  service: Service,
  request: FastifyRequest,
  { id, state: before }: { readonly id: string; readonly state: AnalysisState },
): Promise<{ readonly cancelled: boolean; readonly state: AnalysisState | null }> {
  if (isFinal(before)) return { cancelled: false, state: before }
  const state = await service.queue.cancel(id)
  if (state !== 'cancelled') return { cancelled: false, state }
  service.metrics.recordEnded('cancelled', null)
  await recordAudit(service, request, 'analysis.cancel', id)
  return { cancelled: true, state }
}

/** Stops an analysis, erases media, evidence and row, and writes that into the audit log. */
export async function deleteAnalysis(service: Service, request: FastifyRequest, id: string): Promise<void> {
  await service.queue.cancel(id)
  await eraseAnalysis(service.db, service.blobs, id)
  await recordAudit(service, request, 'analysis.delete', id)
}
