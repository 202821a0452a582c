import type { Kysely } from 'kysely'

/** Whether the result of an analysis was taken from an earlier one; unknown, and so false, for those from before. */
export async function up(db: Kysely<never>): Promise<void> {
  await db.schema
    .alterTable('analyses')
    .addColumn('reused', 'integer', (column) => column.notNull().defaultTo(0))
    .execute()
}
