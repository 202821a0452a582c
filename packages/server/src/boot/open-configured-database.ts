import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { UnswapError } from '@unswap/contract'
import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { type Database, openDatabase } from '../storage/database.ts'
import { migrate } from '../storage/migrate.ts'

/**
 * Opens the database of a configuration and brings its tables up to date. Close it with `destroy()`.
 * With `log` at level `trace`, each statement is logged without its values.
 * @throws UnswapError `storage_failed` when the data folder or the database cannot be used
 */
export async function openConfiguredDatabase(config: Readonly<Config>, log?: Logger): Promise<Database> {
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
