import { BANDS, type Band, FINAL_STATES } from '@unswap/contract'
import { sql } from 'kysely'
import type { Database } from '../database.ts'
import { zeroCounts } from '../zero-counts.ts'

/** What ended within one step of the chart. */
interface StatsBucket {
  /** Start, in milliseconds since 1970. */
  readonly at: number
  readonly completed: number
  readonly failed: number
  readonly verdicts: Readonly<Record<Band, number>>
}

/** What ended over a span of time. */
export interface AnalysisStats {
  readonly totals: Readonly<Record<(typeof FINAL_STATES)[number], number>>
  readonly verdicts: Readonly<Record<Band, number>>
  /** Verdicts by their strongest family. */
  readonly families: Readonly<Record<string, number>>
  /** Completed analyses in which no face was found. */
  readonly noFace: number
  /** Completed analyses per minute over the last five minutes. */
  readonly perMinute: number
  /** Median seconds from submission to the end, of completed analyses. */
  readonly medianSeconds: number | null
  /** Oldest first, without gaps. */
  readonly series: readonly StatsBucket[]
  /** Completed analyses in ten equal bins of their probability. */
  readonly probabilities: readonly number[]
}

const RECENT_MINUTES = 5

/** The span: `hours` before `now`, in steps of `bucketSeconds`. Of one owner, or of all when none is given. */
export interface StatsSpan {
  readonly hours: number
  readonly bucketSeconds: number
  readonly owner?: string | undefined
  readonly now?: number
}

/** Counts what ended within a span of time. */
export async function analysisStats(
  db: Database,
  { hours, bucketSeconds, owner, now = Date.now() }: StatsSpan,
): Promise<AnalysisStats> {
  const step = bucketSeconds * 1000
  const steps = Math.ceil((hours * 3600_000) / step)
  const from = Math.floor(now / step) * step + step - steps * step
  const groups = await ended(db, owner, from, now)
    .select([
      'state',
      'band',
      'family',
      sql<number>`case when faces = 0 then 1 else 0 end`.as('faceless'),
      sql<number>`(finished_at - ${sql.lit(from)}) / ${sql.lit(step)}`.as('bucket'),
      sql<number>`count(*)`.as('count'),
    ])
    .groupBy(['state', 'band', 'family', 'faceless', 'bucket'])
    .execute()

  const completed = (since: number) => ended(db, owner, since, now).where('state', '=', 'completed')
  const totals = zeroCounts(FINAL_STATES)
  const verdicts = zeroCounts(BANDS)
  const families: Record<string, number> = {}
  let noFace = 0
  const series = Array.from({ length: steps }, (_, index) => ({
    at: from + index * step,
    completed: 0,
    failed: 0,
    verdicts: zeroCounts(BANDS),
  }))
  for (const { state, band, family, faceless, bucket, count } of groups) {
    if (state === 'queued' || state === 'running') continue
    const here = series[bucket]!
    totals[state] += count
    if (state !== 'cancelled') here[state] += count
    if (state !== 'completed') continue
    if (faceless) noFace += count
    if (family) families[family] = (families[family] ?? 0) + count
    if (!band) continue
    verdicts[band] += count
    here.verdicts[band] += count
  }
  return {
    totals,
    verdicts,
    families,
    noFace,
    perMinute: await recentRate(completed(now - RECENT_MINUTES * 60_000)),
    medianSeconds: await medianSeconds(completed(from), totals.completed),
    series,
    probabilities: await probabilityBins(completed(from)),
  }
}

type Ended = ReturnType<typeof ended>

/** Analyses that ended between two times. */
function ended(db: Database, owner: string | undefined, from: number, to: number) {
  const all = db.selectFrom('analyses').where('finished_at', '>=', from).where('finished_at', '<=', to)
  return owner === undefined ? all : all.where('owner', '=', owner)
}

async function recentRate(completed: Ended): Promise<number> {
  const { count } = await completed.select(sql<number>`count(*)`.as('count')).executeTakeFirstOrThrow()
  return count / RECENT_MINUTES
}

async function medianSeconds(completed: Ended, count: number): Promise<number | null> {
  if (count === 0) return null
  const took = sql<number>`finished_at - created_at`
  const middle = await completed
    .select(took.as('took'))
    .orderBy(took)
    .limit(1)
    .offset(Math.floor((count - 1) / 2))
    .executeTakeFirst()
  return middle ? middle.took / 1000 : null
}

async function probabilityBins(completed: Ended): Promise<number[]> {
  const edges = Array.from({ length: 10 }, (_, index) => index / 10)
  const bins = await completed
    .select(
      edges.map((edge, index) => {
        const below = index === 9 ? sql`true` : sql`probability < ${sql.lit((index + 1) / 10)}`
        return sql<number>`count(case when probability >= ${sql.lit(edge)} and ${below} then 1 end)`.as(
          `bin${index}`,
        )
      }),
    )
    .executeTakeFirstOrThrow()
  return edges.map((_, index) => (bins as Record<string, number>)[`bin${index}`]!)
}
