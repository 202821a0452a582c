import { Kysely, PostgresAdapter } from 'kysely'
import { withStorageFailures } from './database-failure.ts'
import { openPostgres } from './open-postgres.ts'
import { openSqlite } from './open-sqlite.ts'
import type { Tables } from './tables.ts'

/** What every repository function takes: the database, or a transaction of it. */
export type Database = Kysely<Tables>

/**
 * Opens the database named by `address`: `postgres://…`, or the path of a SQLite file (`:memory:` for none), which is
 * made when missing. Tables are made by `migrate`. Close it with `db.destroy()`. `onStatement` is told of each statement
 * that has been executed, without its values.
 * @throws UnswapError `storage_failed`, also later from statements, when the database is away, full, read-only or damaged
 */
export function openDatabase(address: string, onStatement?: (sql: string) => void): Database {
  const dialect = /^postgres(ql)?:\/\//.test(address) ? openPostgres(address) : openSqlite(address)
  return new Kysely<Tables>({
    dialect: withStorageFailures(dialect),
    ...(onStatement && { log: ({ query }) => onStatement(query.sql) }),
  })
}

/** Whether rows can be locked one by one (PostgreSQL), or writers take turns (SQLite). */
export const locksRows = (db: Database): boolean => db.getExecutor().adapter instanceof PostgresAdapter

/** Answers when the database does; rejects with what it said otherwise. */
export async function pingDatabase(db: Database): Promise<void> {
  await db.selectNoFrom((select) => select.val(1).as('one')).execute()
}
