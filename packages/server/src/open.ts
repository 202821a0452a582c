import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UnswapError } from '@unswap/contract'
import { readModelFolders } from '@unswap/detector'
import type { Logger } from 'pino'
import type { Blobs } from './blobs/blobs.ts'
import { openFolderBlobs } from './blobs/folder.ts'
import type { Config } from './config.ts'
import { guardedAgent } from './fetch/guard.ts'
import { openQueue } from './jobs/open.ts'
import { createMetrics } from './metrics/registry.ts'
import type { OpenedService } from './service.ts'
import { type Database, openDatabase } from './storage/database.ts'
import { migrate } from './storage/migrate.ts'
import { removeAbandoned } from './temporary.ts'

/** No upload lasts so long. */
const SPOOL_KEPT_MILLISECONDS = 6 * 3600_000

/**
 * Opens the database of a configuration and brings its tables up to date. Close it with `destroy()`.
 * @throws UnswapError `storage_failed` when the data folder or the database cannot be used
 */
export async function openConfigured(config: Readonly<Config>, log?: Logger): Promise<Database> {
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 }).catch((cause) => {
    throw new UnswapError(
      'storage_failed',
      `The data folder ${config.dataDir} cannot be made; set UNSWAP_DATA_DIR to one that this user can write.`,
      { cause },
    )
  })
  const address = config.database.url || join(config.dataDir, 'unswap.db')
  const db = openDatabase(address, log?.isLevelEnabled('trace') ? (sql) => log.trace({ sql }) : undefined)
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
export async function openService(config: Readonly<Config>, log: Logger): Promise<OpenedService> {
  const catalog = await readModelFolders(config.modelsDir, config.analysis.models)
  const db = await openConfigured(config, log)
  try {
    await removeAbandoned(join(config.dataDir, 'spool'), SPOOL_KEPT_MILLISECONDS)
    const blobs = traced(await openBlobs(config), log)
    const queue = await openQueue(db, blobs, {
      leaseMs: config.queue.leaseSeconds * 1000,
      attempts: config.queue.attempts,
      redisUrl: config.queue.redisUrl,
    })
    const agent = guardedAgent({ allowPrivate: config.fetch.allowPrivate, seconds: config.fetch.seconds })
    const stopping = new AbortController()
    let proven = () => config.role === 'api'
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
      proven: () => proven(),
      proveBy(asked) {
        proven = asked
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

async function openBlobs({ s3, dataDir }: Readonly<Config>): Promise<Blobs> {
  if (s3.bucket === '') return openFolderBlobs(join(dataDir, 'blobs'))
  // Loaded on demand: the SDK takes tens of megabytes that most services never use.
  const { openS3Blobs } = await import('./blobs/s3.ts')
  return openS3Blobs(s3)
}

/** The store, with each change of it in the log at `trace`, like the statements of the database. */
function traced(blobs: Blobs, log: Logger): Blobs {
  if (!log.isLevelEnabled('trace')) return blobs
  const tell = async <T>(change: string, blob: string, done: Promise<T>): Promise<T> => {
    const result = await done
    log.trace({ change, blob })
    return result
  }
  return {
    ...blobs,
    put: (name, content, options) => tell('put', name, blobs.put(name, content, options)),
    take: (name, path, bytes) => tell('put', name, blobs.take(name, path, bytes)),
    delete: (name) => tell('delete', name, blobs.delete(name)),
    deleteAll: (prefix) => tell('delete all', prefix, blobs.deleteAll(prefix)),
  }
}

async function readVersion(): Promise<string> {
  const own = await readFile(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(own) as { version: string }).version
}
