import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Blobs } from './blobs/blobs.ts'
import { openFolderBlobs } from './blobs/folder.ts'
import { readCatalog } from './catalog.ts'
import type { Config } from './config.ts'
import { guardedAgent } from './fetch/guard.ts'
import { openQueue } from './jobs/open.ts'
import { createMetrics } from './metrics/registry.ts'
import type { Service } from './service.ts'
import { type Database, openDatabase } from './storage/database.ts'
import { migrate } from './storage/migrate.ts'

/** Uploads whose process died; no upload lasts so long. */
const SPOOL_KEPT_MILLISECONDS = 6 * 3600_000

/** Opens the database of a configuration and brings its tables up to date. Close it with `destroy()`. */
export async function openConfigured(config: Readonly<Config>): Promise<Database> {
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 })
  const db = openDatabase(config.database.url || join(config.dataDir, 'unswap.db'))
  try {
    await migrate(db)
  } catch (error) {
    await db.destroy()
    throw error
  }
  return db
}

/**
 * Opens database, blobs, queue and models as configured. What was opened is closed again when one of them fails.
 * @throws UnswapError `storage_failed`, `model_missing`, `model_invalid`, `calibration_invalid`
 */
export async function openService(
  config: Readonly<Config>,
  log: Logger,
): Promise<Service & { stop(): void }> {
  const catalog = await readCatalog(config.modelsDir, config.analysis.models)
  const db = await openConfigured(config)
  try {
    await removeStale(join(config.dataDir, 'spool'))
    const blobs = await openBlobs(config)
    const queue = await openQueue(db, blobs, {
      leaseMs: config.queue.leaseSeconds * 1000,
      attempts: config.queue.attempts,
      redisUrl: config.queue.redisUrl,
    })
    const agent = guardedAgent({ allowPrivate: config.fetch.allowPrivate, seconds: config.fetch.seconds })
    const stopping = new AbortController()
    return {
      config,
      log,
      db,
      blobs,
      queue,
      catalog,
      agent,
      metrics: createMetrics(() => queue.stats()),
      version: await readVersion(),
      stopping: stopping.signal,
      stop: () => stopping.abort(),
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

async function openBlobs({ s3, dataDir }: Readonly<Config>): Promise<Blobs> {
  if (s3.bucket === '') return openFolderBlobs(join(dataDir, 'blobs'))
  // Loaded on demand: the SDK takes tens of megabytes that most services never use.
  const { openS3Blobs } = await import('./blobs/s3.ts')
  return openS3Blobs(s3)
}

async function removeStale(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const file = join(folder, name)
    const found = await stat(file).catch(() => null)
    if (found && found.mtimeMs < Date.now() - SPOOL_KEPT_MILLISECONDS) await rm(file, { force: true })
  }
}

async function readVersion(): Promise<string> {
  const own = await readFile(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(own) as { version: string }).version
}
