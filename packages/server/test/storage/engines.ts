import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Database, openDatabase } from '../../src/storage/database.ts'
import { migrate } from '../../src/storage/migrate.ts'
import { startPostgres } from '../services/start-postgres.ts'

/** A database of its own, up to date, that goes away with `stop`. */
export interface TestDatabase {
  /** What `openDatabase` takes, for another process. */
  readonly address: string
  readonly db: Database
  stop(): Promise<void>
}

async function openSqlite(): Promise<TestDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'unswap-sqlite-'))
  const address = join(folder, 'test.db')
  return prepared(address, () => rm(folder, { recursive: true, force: true }))
}

async function openPostgres(): Promise<TestDatabase> {
  const server = await startPostgres()
  return prepared(server.address, server.stop)
}

async function prepared(address: string, remove: () => Promise<void>): Promise<TestDatabase> {
  const db = openDatabase(address)
  await migrate(db)
  return {
    address,
    db,
    async stop() {
      await db.destroy()
      await remove()
    },
  }
}

/** The databases over which the suites run. */
export const ENGINES: readonly [string, () => Promise<TestDatabase>][] = [
  ['SQLite', openSqlite],
  ['PostgreSQL', openPostgres],
]
