import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Database, openDatabase, pingDatabase } from '../../src/storage/database.ts'
import type { RunningService } from '../services/run-program.ts'
import { startPostgres } from '../services/start-postgres.ts'

let server: RunningService
let db: Database
beforeAll(async () => {
  server = await startPostgres()
  db = openDatabase(server.address)
})
afterAll(async () => {
  await db.destroy()
  await server.stop()
})

test('a connection that breaks between two statements of a transaction fails that transaction alone', async () => {
  const broken = db.transaction().execute(async (transaction) => {
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(transaction)
    await sql`select pg_terminate_backend(${rows[0]!.pid})`.execute(db)
    // Time for the end to arrive while nothing is asked: an error that nobody listens for ends a process.
    await new Promise((resolve) => setTimeout(resolve, 200))
    await sql`select 1`.execute(transaction)
  })
  await expect(broken).rejects.toMatchObject({ code: 'storage_failed', retryable: true })
  await pingDatabase(db)
})
