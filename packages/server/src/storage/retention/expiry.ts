import { isFinal, type Retention, retentionHours } from '@unswap/contract'
import type { AnalysisRecord } from '../analyses/analysis-record.ts'

const HOUR_MS = 3_600_000

/**
 * When media and evidence are erased that are kept from `start` on: at once for `none`, after N hours for `hours:N`,
 * never (null) for `keep`. Both times are milliseconds since 1970.
 */
export function expiryTime(retention: Retention, start: number): number | null {
  if (retention === 'keep') return null
  return start + (retentionHours(retention) ?? 0) * HOUR_MS
}

/**
 * Whether media and evidence can still be had. With retention `none` they count as gone as soon as the analysis has
 * ended, although erasing them takes a moment.
 */
export const isMediaKept = ({
  mediaBlob,
  retention,
  state,
}: Pick<AnalysisRecord, 'mediaBlob' | 'retention' | 'state'>): boolean =>
  mediaBlob !== null && !(retention === 'none' && isFinal(state))
