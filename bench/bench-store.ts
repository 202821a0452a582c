// npm run bench:store: how many jobs a second PostgreSQL takes in, hands out and ends: three transactions and one report
// each. It runs with its defaults, so what is committed is on the disk. No network is part of it.
import { globSync, writeFileSync } from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { startPostgres } from '../deploy/scale/start-services.ts'
import { completeJob } from '../packages/server/src/jobs/end-job.ts'
import { addJob, claimJob } from '../packages/server/src/jobs/job-lease.ts'
import { openDatabase } from '../packages/server/src/storage/database.ts'
import { migrate } from '../packages/server/src/storage/migrate.ts'
import { sampleAnalysis, sampleReport } from '../packages/server/test/storage/sample-analysis.ts'
import { describeMachine } from './describe-machine.ts'

const RESULT = fileURLToPath(new URL('results/store.json', import.meta.url))
const JOBS = 600
const CLIENTS = 8

const machine = describeMachine()
const folder = await mkdtemp(join(tmpdir(), 'unswap-store-'))
await chmod(folder, 0o755)
const { program, address } = await startPostgres(folder, globSync('/usr/lib/postgresql/*/bin'))
try {
  const db = openDatabase(address)
  await migrate(db)
  const start = performance.now()
  let left = JOBS
  const client = async () => {
    while (left-- > 0) {
      await addJob(db, sampleAnalysis(), Date.now())
      const lease = await claimJob(db, { worker: 'bench', leaseMs: 60_000, attempts: 3, now: Date.now() })
      const completion = { report: sampleReport(), modelsHash: 'none', timings: { total: 1 }, evidence: [] }
      await completeJob(db, lease!, completion, Date.now())
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, client))
  const jobsPerSecond = Number(((1000 * JOBS) / (performance.now() - start)).toPrecision(3))
  await db.destroy()
  await pause(500) // the pool says that it has ended before its connections have
  writeFileSync(
    RESULT,
    `${JSON.stringify({ machine, jobs: JOBS, clients: CLIENTS, jobsPerSecond }, null, 2)}\n`,
  )
  console.log(`${jobsPerSecond} jobs a second from ${CLIENTS} clients, load ${machine.loadBefore}`)
} finally {
  await program.stop()
  await rm(folder, { recursive: true, force: true })
}
