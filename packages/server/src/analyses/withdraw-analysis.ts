import { type AnalysisState, isFinal } from '@unswap/contract'
import type { FastifyRequest } from 'fastify'
import { recordAudit } from '../access/record-audit.ts'
import type { Service } from '../boot/service.ts'
import { eraseAnalysis } from '../storage/retention/erase.ts'

/**
 * Cancels an analysis that is queued or running, counts it and writes it to the audit log.
 * @returns Whether it was cancelled, and its state now; null for an analysis that is gone
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

/** Stops an analysis, erases its media, evidence and row, and writes that to the audit log. */
export async function deleteAnalysis(service: Service, request: FastifyRequest, id: string): Promise<void> {
  await service.queue.cancel(id)
  await eraseAnalysis(service.db, service.blobs, id)
  await recordAudit(service, request, 'analysis.delete', id)
}
