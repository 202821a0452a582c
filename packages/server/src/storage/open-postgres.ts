import { type Dialect, PostgresDialect } from 'kysely'
import pg from 'pg'

/** PostgreSQL's oid of an 8-byte integer, which `pg` hands out as text unless told otherwise. */
const INT8 = 20

/** A pool of connections to PostgreSQL. Milliseconds and counts are far below 2⁵³, so they come out as numbers. */
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
  // A connection that breaks is replaced at its next use, and told by the statement that wanted it. Whether it was idle (the
  // pool's error) or lent to a transaction between two statements (its own), without a listener it would end the process.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  return new PostgresDialect({ pool })
}
