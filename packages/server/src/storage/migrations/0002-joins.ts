import type { Kysely } from 'kysely'

/** Columns by which a job waits for a duplicate. */
export async function up(db: Kysely<never>): Promise<void> {
  const { schema } = db
  await schema.alterTable('jobs').addColumn('same', 'text').execute()
  await schema
    .alterTable('jobs')
    .addColumn('evidence', 'integer', (column) => column.notNull().defaultTo(1))
    .execute()
  await schema.createIndex('jobs_same').on('jobs').columns(['same', 'owner']).execute()
}
