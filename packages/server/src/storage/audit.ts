import { randomUUIDv7 } from 'node:crypto'
import type { Database } from './database.ts'
import { type Page, readTimeCursor, writeCursor } from './page.ts'

/** Who did what to what. `address` is a keyed hash of the caller’s address. */
export interface AuditRecord {
  readonly id: string
  readonly at: number
  readonly actor: string
  readonly action: string
  readonly subject: string | null
  readonly requestId: string | null
  readonly address: string | null
}

/** Adds a line to the audit log, where the database lets nobody change or remove it. */
export async function appendAudit(
  db: Database,
  entry: Omit<AuditRecord, 'id' | 'at'>,
  now = Date.now(),
): Promise<void> {
  const { actor, action, subject, requestId, address } = entry
  await db
    .insertInto('audit')
    .values({ id: randomUUIDv7(), at: now, actor, action, subject, request_id: requestId, address })
    .execute()
}

/**
 * One page of the audit log, newest first.
 * @throws UnswapError `bad_option` for a cursor of another list.
 */
export async function listAudit(
  db: Database,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<Page<AuditRecord>> {
  let query = db.selectFrom('audit').selectAll().orderBy('at', 'desc').orderBy('id', 'desc')
  if (cursor !== undefined) {
    const [at, id] = readTimeCursor(cursor)
    query = query.where(({ eb, or, and }) =>
      or([eb('at', '<', at), and([eb('at', '=', at), eb('id', '<', id)])]),
    )
  }
  const rows = await query.limit(limit + 1).execute()
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return {
    items: page.map(({ request_id, ...row }) => ({ ...row, requestId: request_id })),
    next: rows.length > limit && last ? writeCursor([last.at, last.id]) : null,
  }
}
