import type { Kysely } from 'kysely'

/** Deliveries are bounded per owner and per host; those from before count as of nobody. */
export async function up(db: Kysely<never>): Promise<void> {
  for (const name of ['owner', 'host']) {
    await db.schema
      .alterTable('webhook_deliveries')
      .addColumn(name, 'text', (column) => column.notNull().defaultTo(''))
      .execute()
  }
}
