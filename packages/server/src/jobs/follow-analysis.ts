import { isFinal } from '@unswap/contract'
import type { AnalysisRecord } from '../storage/analyses/analysis-record.ts'
import { findAnalysis } from '../storage/analyses/analysis-store.ts'
import type { Database } from '../storage/database.ts'
import type { Notifier } from './notifier.ts'

/**
 * Yields an analysis whenever its revision has risen; see `JobQueue.follow`.
 * @param pauseMs Longest time between two queries, in milliseconds
 */
export async function* followAnalysis(
  db: Database,
  notifier: Notifier,
  id: string,
  { after = 0, signal, pauseMs }: { after?: number; signal?: AbortSignal; pauseMs: number },
): AsyncGenerator<AnalysisRecord, void, undefined> {
  const listener = notifier.subscribe(id)
  try {
    let seen = after
    while (!signal?.aborted) {
      const analysis = await findAnalysis(db, id)
      if (!analysis) return
      if (analysis.revision > seen) {
        seen = analysis.revision
        yield analysis
      }
      if (isFinal(analysis.state)) return
      await listener.next(pauseMs, signal)
    }
  } finally {
    listener.close()
  }
}
