import { UnswapError } from '@unswap/contract'
import type { DatabaseConnection, Dialect } from 'kysely'

/** SQLite's primary result codes for errors of a statement or its values. All others are trouble with the file. */
const SQLITE_MISTAKES = new Set([1, 19, 20, 21, 25])
const SQLITE_READ_ONLY = new Set([8, 14])
const SQLITE_FULL = 13
const SQLITE_DAMAGED = new Set([11, 26])

/** Classes of SQLSTATE for a server that is away, stopping, full or broken. All others are about the statement. */
const POSTGRES_TROUBLE = /^(08|53|57|58|XX|25006)/

const RESTORE =
  'stop the service, move the database and its -wal and -shm files away, and restore the last backup with "node deploy/backup.ts restore FILE"'

/** The error for a damaged SQLite file, with what to do. */
export const databaseDamaged = (path: string, detail: string): UnswapError =>
  new UnswapError('storage_failed', `The database ${path} is damaged (${detail}): ${RESTORE}.`)

/**
 * An error of the database as `storage_failed`, if it is about the database. Errors about the statement are returned
 * unchanged.
 */
export function toStorageFailure(thrown: unknown): unknown {
  if (thrown instanceof UnswapError || !(thrown instanceof Error)) return thrown
  if (thrown instanceof TypeError || thrown instanceof RangeError) return thrown
  const { code, errcode } = thrown as { code?: unknown; errcode?: unknown }
  const fail = (sentence: string, retryable = true) =>
    new UnswapError('storage_failed', sentence, { cause: thrown, retryable })
  if (code === 'ERR_SQLITE_ERROR') {
    const primary = Number(errcode) & 0xff
    if (SQLITE_MISTAKES.has(primary)) return thrown
    if (primary === SQLITE_FULL)
      return fail('The disk of the database is full; the service goes on once there is room.')
    if (SQLITE_READ_ONLY.has(primary)) {
      return fail(
        'The database cannot be opened for writing: the data folder must be writable by the user of the service.',
      )
    }
    if (SQLITE_DAMAGED.has(primary)) return fail(`The database is damaged: ${RESTORE}.`, false)
    return fail('The database could not be read or written; look at its disk.')
  }
  const isStatement = typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)
  if (isStatement && !POSTGRES_TROUBLE.test(code)) return thrown
  return fail('The database does not answer; look whether it runs. The service goes on once it does.')
}

const rethrow = (thrown: unknown): never => {
  throw toStorageFailure(thrown)
}

/** Wraps a dialect so that errors of connecting and executing pass through `toStorageFailure`. */
export function withStorageFailures(dialect: Dialect): Dialect {
  return {
    createAdapter: () => dialect.createAdapter(),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createDriver() {
      const driver = dialect.createDriver()
      const known = new WeakSet<DatabaseConnection>()
      const acquire = driver.acquireConnection.bind(driver)
      driver.acquireConnection = async (options) => {
        const connection = await acquire(options).catch(rethrow)
        if (known.has(connection)) return connection
        known.add(connection)
        const execute = connection.executeQuery.bind(connection)
        connection.executeQuery = (...query) => execute(...query).catch(rethrow) as never
        return connection
      }
      return driver
    },
  }
}
