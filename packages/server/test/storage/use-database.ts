import { afterAll, beforeAll, beforeEach, expect } from 'vitest'
import { hashModels } from '../../src/deduplication/deduplication-key.ts'
import { completeJob } from '../../src/jobs/end-job.ts'
import { addJob, claimJob } from '../../src/jobs/job-lease.ts'
import type { NewAnalysis } from '../../src/storage/analyses/analysis-record.ts'
import type { Database } from '../../src/storage/database.ts'
import type { TestDatabase } from './engines.ts'
import { MODEL, sampleAnalysis, sampleReport } from './sample-analysis.ts'

export const T0 = 1_700_000_000_000

/** Opens a database before the tests of a block, and empties it before each. */
export function useDatabase(open: () => Promise<TestDatabase>) {
  const used = {} as { database: TestDatabase; db: Database }
  beforeAll(async () => {
    used.database = await open()
    used.db = used.database.db
  })
  afterAll(() => used.database.stop())
  beforeEach(async () => {
    for (const table of ['analyses', 'batches', 'api_keys', 'idempotency', 'workers'] as const) {
      await used.db.deleteFrom(table).execute()
    }
  })

  /** Submits at `at` and completes at `until`. */
  const completed = async (
    change: Partial<NewAnalysis> = {},
    report: Parameters<typeof sampleReport>[0] = {},
    { at = T0, until = T0 + 1000 }: { at?: number; until?: number } = {},
  ) => {
    const analysis = sampleAnalysis(change)
    await addJob(used.db, analysis, at)
    const lease = await claimJob(used.db, { worker: 'w', leaseMs: 1000, attempts: 9, now: at }, analysis.id)
    const completion = {
      report: sampleReport({ sha256: analysis.sha256, ...report }),
      modelsHash: hashModels([MODEL]),
      timings: { total: 12.5 },
      evidence: [
        { name: 'annotated.jpg', type: 'image/jpeg', bytes: 7, blob: `${analysis.id}-a` },
        { name: 'report.html', type: 'text/html', bytes: 9, blob: `${analysis.id}-b` },
      ],
    }
    expect(await completeJob(used.db, lease!, completion, until)).toBe('completed')
    return analysis
  }
  return { used, completed }
}
