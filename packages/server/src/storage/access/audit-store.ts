import { randomUUIDv7 } from 'node:crypto'
import type { Database } from '../database.ts'
import { type Page, readTimeCursor, writeCursor } from '../page-cursor.ts'

/** An entry of the audit log. `address` is a keyed hash of the caller's IP address. */
export interface AuditRecord {
  readonly id: string
  readonly at: number
  readonly actor: string
  readonly action: string
  readonly subject: string | null
  readonly requestId: string | null
  readonly address: string | null
}

/** Appends an entry to the audit log. The database refuses changes and deletions of entries. */
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

/** Whose submissions are counted: those of an actor, or only those from one address. */
export interface Sender {
  readonly actor: string
  readonly address: string | null
}

const submissionsOf = (db: Database, { actor, address }: Sender, since: number) => {
  const all = db
    .selectFrom('audit')
    .where('actor', '=', actor)
    .where('at', '>', since)
    .where('action', '=', 'analysis.create')
  return address === null ? all : all.where('address', '=', address)
}

/** Number of analyses submitted after `since`, including deleted ones. Times are milliseconds since 1970. */
export async function countSubmissions(db: Database, sender: Sender, since: number): Promise<number> {
  const { count } = await submissionsOf(db, sender, since)
    .select((select) => select.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** Time of the submission that has `earlier` others before it since `since`; null when there are fewer. */
export async function submissionTime(
  db: Database,
  sender: Sender,
  since: number,
  earlier: number,
): Promise<number | null> {
  const rows = submissionsOf(db, sender, since).select('at').orderBy('at')
  return (await rows.offset(earlier).limit(1).executeTakeFirst())?.at ?? null
}

/** Which entries to list; all filters are optional. */
export interface AuditFilter {
  readonly actor?: string | undefined
  readonly action?: string | undefined
  readonly subject?: string | undefined
  readonly limit: number
  readonly cursor?: string | undefined
}

/**
 * One page of the audit log, newest first.
 * @throws UnswapError `bad_option` for a cursor of another list.
 */
export async function listAudit(
  db: Database,
  { actor, action, subject, limit, cursor }: AuditFilter,
): Promise<Page<AuditRecord>> {
  let query = db.selectFrom('audit').selectAll().orderBy('at', 'desc').orderBy('id', 'desc')
  if (actor !== undefined) query = query.where('actor', '=', actor)
  if (action !== undefined) query = query.where('action', '=', action)
  if (subject !== undefined) query = query.where('subject', '=', subject)
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
