import type { Kysely } from 'kysely'

/** Quotas count what an actor has sent, and admins look for what one has done. */
export async function up(db: Kysely<never>): Promise<void> {
  await db.schema.createIndex('audit_actor').on('audit').columns(['actor', 'at']).execute()
}
