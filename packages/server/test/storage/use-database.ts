import { afterAll, beforeAll, beforeEach, expect } from 'vitest'
import { complete } from '../../src/jobs/ending.ts'
import { admit, claim } from '../../src/jobs/lease.ts'
import { hashModels, type NewAnalysis } from '../../src/storage/analysis-record.ts'
import type { Database } from '../../src/storage/database.ts'
import type { TestDatabase } from './engines.ts'
import { MODEL, sampleAnalysis, sampleReport } from './sample.ts'

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
    await admit(used.db, analysis, at)
    const lease = await claim(used.db, { worker: 'w', leaseMs: 1000, attempts: 9, now: at }, analysis.id)
    const completion = {
      report: sampleReport({ sha256: analysis.sha256, ...report }),
      modelsHash: hashModels([MODEL]),
      timings: { total: 12.5 },
      evidence: [
        { name: 'annotated.jpg', type: 'image/jpeg', bytes: 7, blob: `${analysis.id}-a` },
        { name: 'report.html', type: 'text/html', bytes: 9, blob: `${analysis.id}-b` },
      ],
    }
    expect(await complete(used.db, lease!, completion, until)).toBe('completed')
    return analysis
  }
  return { used, completed }
}
