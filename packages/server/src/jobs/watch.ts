import { isFinal } from '@unswap/contract'
import { findAnalysis } from '../storage/analyses.ts'
import type { AnalysisRecord } from '../storage/analysis-record.ts'
import type { Database } from '../storage/database.ts'
import type { Bell } from './bell.ts'

/** Yields an analysis whenever its revision has risen; see `Queue.watch`. `pauseMs` is the longest time between two looks. */
export async function* watchAnalysis(
  db: Database,
  bell: Bell,
  id: string,
  { after = 0, signal, pauseMs }: { after?: number; signal?: AbortSignal; pauseMs: number },
): AsyncGenerator<AnalysisRecord, void, undefined> {
  const listener = bell.listen(id)
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
