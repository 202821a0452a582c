import type { Kysely } from 'kysely'

/** Deliveries are listed by their analysis, and go with it. */
export async function up(db: Kysely<never>): Promise<void> {
  await db.schema
    .createIndex('webhook_deliveries_analysis')
    .on('webhook_deliveries')
    .columns(['analysis_id', 'created_at'])
    .execute()
}
