import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'vite'
import { hashModels } from '../../server/src/deduplication/deduplication-key.ts'
import { completeJob } from '../../server/src/jobs/end-job.ts'
import { addJob, claimJob } from '../../server/src/jobs/job-lease.ts'
import { runTestService, type TestService } from '../../server/test/running/test-service.ts'
import { MODEL, sampleAnalysis, sampleReport } from '../../server/test/storage/sample-analysis.ts'

/** The built pages behind a service whose models are a stand-in: it is up at once, and rows are put in directly. */
export interface QuickService extends TestService {
  /** Puts an analysis into the database that is completed. Gives its id. */
  put(analysis: Parameters<typeof sampleAnalysis>[0], seen?: Seen): Promise<string>
}

interface Seen {
  readonly report?: Parameters<typeof sampleReport>[0]
  /** Milliseconds since 1970; now by default. */
  readonly at?: number
}

export async function startQuickService(work = true): Promise<QuickService> {
  const webDir = await mkdtemp(join(tmpdir(), 'unswap-quick-'))
  await build({
    configFile: join(import.meta.dirname, '../vite.config.ts'),
    logLevel: 'error',
    build: { outDir: webDir },
  })
  const running = await runTestService({ listen: true, work, config: { webDir } })
  const { db } = running.service
  return {
    ...running,
    async put(change, { report = {}, at = Date.now() } = {}) {
      const analysis = sampleAnalysis({ owner: 'anonymous', ...change })
      await addJob(db, analysis, at)
      const lease = await claimJob(db, { worker: 'w', leaseMs: 9000, attempts: 9, now: at }, analysis.id)
      const completion = {
        report: sampleReport({ sha256: analysis.sha256, ...report }),
        modelsHash: hashModels([MODEL]),
        timings: { total: 1 },
        evidence: [],
      }
      await completeJob(db, lease!, completion, at + 1)
      return analysis.id
    },
    async close() {
      await running.close()
      await rm(webDir, { recursive: true, force: true })
    },
  }
}
