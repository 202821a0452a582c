import { type RawBuilder, sql } from 'kysely'
import type { WaitingJob } from '../jobs/waiting-jobs.ts'
import type { Database } from '../storage/database.ts'

/** What a job keeps of its question: media and choices. The owner stands beside it. */
export const deduplicationKey = (sha256: string, settingsHash: string): string => `${sha256}.${settingsHash}`

/**
 * Whether a job, the row named `jobs`, is joined to another: the same owner asks the same with a job that runs, or that
 * goes before it, and that keeps pictures where this one wants them. Nothing is noted anywhere, so that whatever ends the
 * other (a report, an error, a cancellation, an erasure, a crash between two steps) sets this one free. Jobs that wait
 * are in one order, and a running job waits for none: no two wait for each other. A lease that ends after `latest` is none:
 * it was written before the clock was set back.
 */
export const waitsForDuplicate = (now: number, latest: number): RawBuilder<boolean> => sql<boolean>`exists (
  select 1 from jobs as ahead
  where ahead.same = jobs.same and ahead.owner = jobs.owner and ahead.evidence >= jobs.evidence
    and ahead.analysis_id <> jobs.analysis_id
    and ((ahead.lease_until > ${now} and ahead.lease_until <= ${latest})
      or (ahead.position, ahead.analysis_id) < (jobs.position, jobs.analysis_id)))`

/** Jobs that were joined to an analysis and may now be due, for a queue that hands out jobs by name. */
export async function listWaitingDuplicates(
  db: Database,
  id: string,
): Promise<Pick<WaitingJob, 'analysisId' | 'priority' | 'ahead'>[]> {
  const rows = await db
    .selectFrom('analyses')
    .innerJoin('jobs', 'jobs.owner', 'analyses.owner')
    .select(['jobs.analysis_id', 'jobs.priority'])
    .where('analyses.id', '=', id)
    .where('jobs.same', '=', sql<string>`analyses.media_sha256 || '.' || analyses.settings_hash`)
    .where('jobs.lease_until', 'is', null)
    .orderBy('jobs.position')
    .execute()
  return rows.map(({ analysis_id, priority }) => ({ analysisId: analysis_id, priority, ahead: 0 }))
}
