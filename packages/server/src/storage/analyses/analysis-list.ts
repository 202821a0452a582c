import type { AnalysisState, Band, Family, MediaKind } from '@unswap/contract'
import { sql } from 'kysely'
import type { Database } from '../database.ts'
import { type Page, readCursor, readTimeCursor, writeCursor } from '../page-cursor.ts'
import { type AnalysisRecord, readAnalysis } from './analysis-record.ts'

/** Which analyses are meant. Times are milliseconds since 1970. */
export interface AnalysisFilter {
  readonly ids?: readonly string[] | undefined
  readonly owner?: string | undefined
  readonly state?: AnalysisState | undefined
  /** What a person decided, or else the verdict of the machine. */
  readonly verdict?: Band | undefined
  /** Whether a person decided. */
  readonly decided?: boolean | undefined
  readonly family?: Family | undefined
  readonly kind?: MediaKind | undefined
  readonly tag?: string | undefined
  /** A part of the name, in any case, or the start of the sha256. */
  readonly text?: string | undefined
  readonly batch?: string | undefined
  /** Created at or after. */
  readonly from?: number | undefined
  /** Created before. */
  readonly to?: number | undefined
}

/** One page of them, in an order. */
export interface AnalysisPage extends AnalysisFilter {
  readonly sort?: '-createdAt' | 'createdAt' | '-probability' | 'probability' | undefined
  readonly limit: number
  /** `next` of the page before. */
  readonly cursor?: string | undefined
}

/** Sorts analyses without a probability below all others. */
const NO_PROBABILITY = -1

/**
 * One page of analyses, newest first unless `sort` says otherwise. A page starts after the last row of the one
 * before, so rows that are added or removed between two pages neither repeat nor hide others.
 * @throws UnswapError `bad_option` for a cursor of another list
 */
export async function listAnalyses(db: Database, filter: AnalysisPage): Promise<Page<AnalysisRecord>> {
  const sort = filter.sort ?? '-createdAt'
  const direction = sort.startsWith('-') ? 'desc' : 'asc'
  const byTime = sort.endsWith('createdAt')
  const key = byTime
    ? sql<number>`created_at`
    : sql<number>`coalesce(probability, ${sql.lit(NO_PROBABILITY)})`

  let query = filtered(db, filter).selectAll()
  if (filter.cursor !== undefined) {
    const [value, id] = byTime ? readTimeCursor(filter.cursor) : readCursor(filter.cursor)
    const beyond = sql.raw(direction === 'desc' ? '<' : '>')
    const start = value ?? NO_PROBABILITY
    query = query.where(
      sql<boolean>`(${key} ${beyond} ${start} or (${key} = ${start} and id ${beyond} ${id}))`,
    )
  }
  const rows = await query
    .orderBy(key, direction)
    .orderBy('id', direction)
    .limit(filter.limit + 1)
    .execute()

  const page = rows.slice(0, filter.limit)
  const last = page.at(-1)
  const more = rows.length > filter.limit && last
  const value = last && (byTime ? last.created_at : last.probability)
  return { items: page.map(readAnalysis), next: more ? writeCursor([value ?? null, last.id]) : null }
}

/** How many analyses are meant. */
export async function countAnalyses(db: Database, filter: AnalysisFilter): Promise<number> {
  const { count } = await filtered(db, filter)
    .select(sql<number>`count(*)`.as('count'))
    .executeTakeFirstOrThrow()
  return Number(count)
}

function filtered(db: Database, filter: AnalysisFilter) {
  let query = db.selectFrom('analyses')
  const { ids, verdict } = filter
  if (ids !== undefined) query = query.where('id', 'in', ids)
  if (filter.owner !== undefined) query = query.where('owner', '=', filter.owner)
  if (filter.state !== undefined) query = query.where('state', '=', filter.state)
  if (verdict !== undefined) {
    query = query.where(({ or, and, eb }) =>
      or([eb('override', '=', verdict), and([eb('override', 'is', null), eb('band', '=', verdict)])]),
    )
  }
  if (filter.decided !== undefined) query = query.where('override', filter.decided ? 'is not' : 'is', null)
  if (filter.family !== undefined) query = query.where('family', '=', filter.family)
  if (filter.kind !== undefined) query = query.where('media_kind', '=', filter.kind)
  if (filter.batch !== undefined) query = query.where('batch_id', '=', filter.batch)
  if (filter.from !== undefined) query = query.where('created_at', '>=', filter.from)
  if (filter.to !== undefined) query = query.where('created_at', '<', filter.to)
  if (filter.tag !== undefined) {
    const tagged = db.selectFrom('analysis_tags').select('analysis_id').where('tag', '=', filter.tag)
    query = query.where('id', 'in', tagged)
  }
  if (filter.text !== undefined && filter.text !== '') {
    const text = filter.text.toLowerCase()
    const escaped = text.replace(/[\\%_]/g, '\\$&')
    query = query.where(({ or }) =>
      or([
        sql<boolean>`name_folded like ${`%${escaped}%`} escape '\\'`,
        sql<boolean>`media_sha256 like ${`${escaped}%`} escape '\\'`,
      ]),
    )
  }
  return query
}
