import { mkdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { type Dialect, SqliteDialect } from 'kysely'
import { databaseDamaged, toStorageFailure } from './database-failure.ts'

/** Largest number of prepared statements kept; the service runs a few dozen different ones. */
const MOST_STATEMENTS = 200

/** A prepared statement, and whether it returns rows. */
interface Prepared {
  readonly statement: StatementSync
  readonly reader: boolean
}

/** Milliseconds that a writer waits for its turn before the database reports that it is locked. */
const BUSY_MILLISECONDS = 10_000

/** Opens the file for writing and checks its pages, which takes a second per gigabyte. */
function openFile(path: string): DatabaseSync {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(path, { timeout: BUSY_MILLISECONDS, enableForeignKeyConstraints: true })
    database.exec('pragma journal_mode = wal; pragma synchronous = normal; pragma secure_delete = on')
    const { quick_check: found } = database.prepare('pragma quick_check(1)').get() as { quick_check: string }
    if (found !== 'ok') throw databaseDamaged(path, found.replaceAll('\n', ' '))
    return database
  } catch (thrown) {
    database?.close()
    throw toStorageFailure(thrown)
  }
}

/**
 * SQLite through `node:sqlite`, in Kysely's interface. With write-ahead logging, readers and one writer of several
 * processes work at the same time. Transactions take the write lock when they begin: one that asks for it later would
 * fail without waiting.
 */
export function openSqlite(path: string): Dialect {
  if (path !== ':memory:') mkdirSync(dirname(resolve(path)), { recursive: true, mode: 0o700 })
  const database = openFile(path)
  const prepared = new Map<string, Prepared>()
  const prepare = (sql: string): Prepared => {
    const known = prepared.get(sql)
    if (known) return known
    const statement = database.prepare(sql)
    const fresh = { statement, reader: statement.columns().length > 0 }
    if (prepared.size >= MOST_STATEMENTS) prepared.delete(prepared.keys().next().value!)
    prepared.set(sql, fresh)
    return fresh
  }
  return new SqliteDialect({
    database: {
      close: () => database.close(),
      prepare(sql) {
        const { statement, reader } = prepare(sql === 'begin' ? 'begin immediate' : sql)
        const values = (parameters: readonly unknown[]) => parameters as SQLInputValue[]
        return {
          reader,
          all: (parameters) => statement.all(...values(parameters)),
          run: (parameters) => statement.run(...values(parameters)),
          iterate: (parameters) => statement.iterate(...values(parameters)),
        }
      },
    },
  })
}
