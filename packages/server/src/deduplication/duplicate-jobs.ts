import type { Priority } from '@unswap/contract'
import { type RawBuilder, sql } from 'kysely'
import type { Database } from '../storage/database.ts'

/**
 * SQL condition: the job in the row named `jobs` must wait for a duplicate. The duplicate has the same owner and key,
 * runs or stands before it in the queue, and keeps pictures if this one wants them.
 *
 * The condition is computed each time and stored nowhere. So whatever ends the duplicate, also a crash, ends the wait.
 * Two jobs never wait for each other: waiting jobs have one order, and a running job waits for none.
 * @param latest Milliseconds since 1970; a lease that ends later was written before the clock was set back, and is void
 */
export const waitsForDuplicate = (now: number, latest: number): RawBuilder<boolean> => sql<boolean>`exists (
  select 1 from jobs as ahead
  where ahead.same = jobs.same and ahead.owner = jobs.owner and ahead.evidence >= jobs.evidence
    and ahead.analysis_id <> jobs.analysis_id
    and ((ahead.lease_until > ${now} and ahead.lease_until <= ${latest})
      or (ahead.position, ahead.analysis_id) < (jobs.position, jobs.analysis_id)))`

/** Jobs that may have waited for this analysis and may be due now that it has ended. */
export async function listWaitingDuplicates(
  db: Database,
  id: string,
): Promise<{ readonly analysisId: string; readonly priority: Priority }[]> {
  const rows = await db
    .selectFrom('analyses')
    .innerJoin('jobs', 'jobs.owner', 'analyses.owner')
    .select(['jobs.analysis_id', 'jobs.priority'])
    .where('analyses.id', '=', id)
    // The key as `deduplicationKey` writes it.
    .where('jobs.same', '=', sql<string>`analyses.media_sha256 || '.' || analyses.settings_hash`)
    .where('jobs.lease_until', 'is', null)
    .orderBy('jobs.position')
    .execute()
  return rows.map(({ analysis_id, priority }) => ({ analysisId: analysis_id, priority }))
}
