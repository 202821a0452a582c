import { join } from 'node:path'
import { readModelFolders, VERSION } from '@unswap/detector'
import type { Logger } from 'pino'
import { logBlobChanges } from '../blobs/log-blob-changes.ts'
import { openBlobs } from '../blobs/open-blobs.ts'
import type { Config } from '../config.ts'
import { openFetchSlots } from '../fetch/fetch-slots.ts'
import { createGuardedAgent } from '../fetch/guarded-agent.ts'
import { openJobQueue } from '../jobs/open-queue.ts'
import { createMetrics } from '../metrics.ts'
import { removeAbandonedFiles } from '../temporary-files.ts'
import { openConfiguredDatabase } from './open-configured-database.ts'
import type { OpenedService } from './service.ts'

/** Spooled uploads that are older were left by a dead process: no upload lasts six hours. */
const SPOOL_KEPT_MS = 6 * 3600_000

/**
 * Opens database, blobs, queue and models as configured. When one of them fails, what was opened is closed again.
 * @throws UnswapError `storage_failed`, `model_missing`, `model_invalid`, `calibration_invalid`
 */
export async function openService(config: Readonly<Config>, log: Logger): Promise<OpenedService> {
  const catalog = await readModelFolders(config.modelsDir, config.analysis.models)
  const db = await openConfiguredDatabase(config, log)
  try {
    await removeAbandonedFiles(join(config.dataDir, 'spool'), SPOOL_KEPT_MS)
    const stored = await openBlobs({ folder: join(config.dataDir, 'blobs'), s3: config.s3 })
    const blobs = logBlobChanges(stored, log)
    const queue = await openJobQueue(db, blobs, {
      leaseMs: config.queue.leaseSeconds * 1000,
      attempts: config.queue.attempts,
      redisUrl: config.queue.redisUrl,
    })
    const agent = createGuardedAgent({
      allowPrivate: config.fetch.allowPrivate,
      seconds: config.fetch.seconds,
    })
    const stopping = new AbortController()
    let modelsProven = () => config.role === 'api'
    return {
      config,
      log,
      db,
      blobs,
      queue,
      catalog,
      agent,
      fetchSlots: openFetchSlots(),
      metrics: createMetrics(() => queue.stats()),
      version: VERSION,
      stopping: stopping.signal,
      stop: () => stopping.abort(),
      modelsProven: () => modelsProven(),
      setModelsProven(check) {
        modelsProven = check
      },
      async close() {
        await agent.destroy()
        await queue.close()
        blobs.close()
        await db.destroy()
      },
    }
  } catch (error) {
    await db.destroy()
    throw error
  }
}
