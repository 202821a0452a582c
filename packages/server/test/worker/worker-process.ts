// A worker as a process of its own, for tests that kill it: `node worker-process.ts <PoolProcess as JSON>`.
import { join } from 'node:path'
import { openFolderBlobs } from '../../src/blobs/folder-blobs.ts'
import { openJobQueue } from '../../src/jobs/open-queue.ts'
import { openDatabase } from '../../src/storage/database.ts'
import { startJobWorker } from '../../src/worker/job-worker.ts'
import { ANALYZER, FAKE } from './analyzer-options.ts'

export interface WorkerProcess {
  readonly databaseUrl: string
  readonly redisUrl: string
  readonly folder: string
  readonly leaseMs: number
}

const { databaseUrl, redisUrl, folder, leaseMs } = JSON.parse(process.argv[2]!) as WorkerProcess
const db = openDatabase(databaseUrl)
const blobs = await openFolderBlobs(join(folder, 'blobs'))
const queue = await openJobQueue(db, blobs, { redisUrl, leaseMs, attempts: 50 })
const worker = await startJobWorker({
  db,
  blobs,
  queue,
  module: FAKE,
  analyzer: ANALYZER,
  environment: {},
  processes: 1,
  concurrency: 4,
  memoryBytes: 0,
  temporaryDir: join(folder, 'temporary'),
})
process.on('SIGTERM', async () => {
  await worker.stop(100)
  await queue.close()
  await db.destroy()
})
// What the test waits for before it kills.
process.stdout.write('ready\n')
