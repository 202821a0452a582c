import { Kysely, PostgresAdapter } from 'kysely'
import { withStorageFailures } from './database-failure.ts'
import { openPostgres } from './open-postgres.ts'
import { openSqlite } from './open-sqlite.ts'
import type { Tables } from './tables.ts'

/** The database, or a transaction in it; every function of storage/ takes it. */
export type Database = Kysely<Tables>

/**
 * Opens the database at `address`: `postgres://…`, or the path of a SQLite file (`:memory:` for none), made if
 * missing. `migrate` makes the tables; close it with `db.destroy()`.
 * @param onStatement Gets the SQL of each executed statement, without values
 * @throws UnswapError `storage_failed`, also from later statements, when the database is away, full, read-only or
 * damaged
 */
export function openDatabase(address: string, onStatement?: (sql: string) => void): Database {
  const dialect = /^postgres(ql)?:\/\//.test(address) ? openPostgres(address) : openSqlite(address)
  return new Kysely<Tables>({
    dialect: withStorageFailures(dialect),
    ...(onStatement && { log: ({ query }) => onStatement(query.sql) }),
  })
}

/** True for PostgreSQL, which locks single rows; false for SQLite, where writers take turns. */
export const locksRows = (db: Database): boolean => db.getExecutor().adapter instanceof PostgresAdapter

/** Resolves when the database answers; rejects with its error. */
export async function pingDatabase(db: Database): Promise<void> {
  await db.selectNoFrom((select) => select.val(1).as('one')).execute()
}
