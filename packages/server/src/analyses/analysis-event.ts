import type { AnalysisEvent, Verdict } from '@unswap/contract'
import { UnswapError } from '@unswap/contract'
import type { AnalysisRecord } from '../storage/analyses/analysis-record.ts'
import { toProblem } from '../to-problem.ts'

/** The event that tells the present state of an analysis. */
export function toAnalysisEvent(record: AnalysisRecord): AnalysisEvent {
  const iso = (milliseconds: number | null) => new Date(milliseconds ?? record.createdAt).toISOString()
  switch (record.state) {
    case 'queued':
      return { type: 'queued', at: iso(record.createdAt) }
    case 'running':
      return record.progress === null
        ? { type: 'running', at: iso(record.startedAt) }
        : { type: 'progress', at: new Date().toISOString(), progress: record.progress }
    case 'completed':
      return { type: 'completed', at: iso(record.finishedAt), verdict: record.verdict as Verdict }
    case 'failed': {
      const { code, message, retryable } = record.error ?? {
        code: 'internal' as const,
        message: '',
        retryable: false,
      }
      const error = toProblem(new UnswapError(code, message, { retryable }))
      return { type: 'failed', at: iso(record.finishedAt), error }
    }
    case 'cancelled':
      return { type: 'cancelled', at: iso(record.finishedAt) }
  }
}

/** An event in the format of `text/event-stream`. */
export const formatServerSentEvent = (event: AnalysisEvent, id: number): string =>
  `id: ${id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`
