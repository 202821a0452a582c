import { UnswapError } from '@unswap/contract'
import { Migrator } from 'kysely/migration'
import type { Database } from './database.ts'
import { up as first } from './migrations/0001-first.ts'
import { up as joins } from './migrations/0002-joins.ts'
import { up as auditByActor } from './migrations/0003-audit-by-actor.ts'
import { up as deliveriesByAnalysis } from './migrations/0004-deliveries-by-analysis.ts'
import { up as deliveryBounds } from './migrations/0005-delivery-bounds.ts'
import { up as reused } from './migrations/0006-reused.ts'

const MIGRATIONS = {
  '0001-first': { up: first },
  '0002-joins': { up: joins },
  '0003-audit-by-actor': { up: auditByActor },
  '0004-deliveries-by-analysis': { up: deliveriesByAnalysis },
  '0005-delivery-bounds': { up: deliveryBounds },
  '0006-reused': { up: reused },
}

/**
 * Brings the tables up to date; several processes may do so at once.
 * @throws UnswapError `storage_failed`, with the cause
 */
export async function migrate(db: Database): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => MIGRATIONS } })
  const { error } = await migrator.migrateToLatest()
  if (error instanceof UnswapError) throw error
  if (error) {
    throw new UnswapError('storage_failed', 'The database could not be brought up to date; see the cause.', {
      cause: error,
    })
  }
}
