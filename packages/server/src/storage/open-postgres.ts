import { type Dialect, PostgresDialect } from 'kysely'
import pg from 'pg'

/** PostgreSQL's type id of an 8-byte integer, which `pg` returns as text by default. */
const INT8 = 20

/**
 * A pool of connections to PostgreSQL. Eight-byte integers become numbers: milliseconds and counts are far below 2⁵³.
 */
export function openPostgres(address: string): Dialect {
  const pool = new pg.Pool({
    connectionString: address,
    max: 10,
    connectionTimeoutMillis: 10_000,
    types: {
      getTypeParser: ((oid: number, format?: 'text') =>
        oid === INT8 ? Number : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
    },
  })
  // A broken connection is replaced at its next use, and the statement that needs it throws. Without these listeners
  // it would end the process. The pool reports idle connections, a client those in a transaction.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  return new PostgresDialect({ pool })
}
