import { isFinal } from '@unswap/contract'
import type { Service } from '../boot/service.ts'
import type { AnalysisRecord } from '../storage/analyses/analysis-record.ts'

/** Waits until the analysis has ended, `seconds` are over, or the caller has gone; the analysis as it then is. */
export async function waitUntilFinal(
  { queue, stopping }: Service,
  record: AnalysisRecord,
  seconds: number,
  gone: AbortSignal,
): Promise<AnalysisRecord> {
  if (isFinal(record.state) || seconds <= 0) return record
  let latest = record
  const signal = AbortSignal.any([gone, stopping, AbortSignal.timeout(Math.ceil(seconds * 1000))])
  for await (const next of queue.follow(record.id, { after: record.revision, signal })) latest = next
  return latest
}
