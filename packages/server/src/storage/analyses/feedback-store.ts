import { randomUUIDv7 } from 'node:crypto'
import type { Band } from '@unswap/contract'
import type { Database } from '../database.ts'
import type { FeedbackTable } from '../tables.ts'

/** A person's feedback on a verdict. Null means not said. */
export interface FeedbackRecord {
  readonly id: string
  readonly analysisId: string
  readonly right: boolean | null
  readonly rating: number | null
  readonly comment: string | null
  readonly override: Band | null
  readonly truth: 'real' | 'fake' | null
  readonly by: string
  readonly createdAt: number
}

/** `override`: undefined leaves the override as it is, null removes it. */
export interface NewFeedback {
  readonly analysisId: string
  readonly by: string
  readonly right?: boolean | undefined
  readonly rating?: number | undefined
  readonly comment?: string | undefined
  readonly override?: Band | null | undefined
  readonly truth?: 'real' | 'fake' | undefined
}

/** Stores feedback, and sets the override of the analysis. Null when there is no such analysis. */
export async function addFeedback(
  db: Database,
  feedback: NewFeedback,
  now = Date.now(),
): Promise<FeedbackRecord | null> {
  const row: FeedbackTable = {
    id: randomUUIDv7(),
    analysis_id: feedback.analysisId,
    right: feedback.right === undefined ? null : Number(feedback.right),
    rating: feedback.rating ?? null,
    comment: feedback.comment ?? null,
    override: feedback.override ?? null,
    truth: feedback.truth ?? null,
    by: feedback.by,
    created_at: now,
  }
  return db.transaction().execute(async (trx) => {
    const found = await trx
      .selectFrom('analyses')
      .select('id')
      .where('id', '=', feedback.analysisId)
      .executeTakeFirst()
    if (!found) return null
    await trx.insertInto('feedback').values(row).execute()
    if (feedback.override !== undefined) {
      await trx
        .updateTable('analyses')
        .set({ override: feedback.override })
        .where('id', '=', feedback.analysisId)
        .execute()
    }
    return readFeedback(row)
  })
}

/** Feedback on one analysis, oldest first. */
export async function listFeedback(db: Database, analysisId: string): Promise<FeedbackRecord[]> {
  const rows = await db
    .selectFrom('feedback')
    .selectAll()
    .where('analysis_id', '=', analysisId)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  return rows.map(readFeedback)
}

/** A line of the regression set: the answer of Unswap, and what people say is true. */
export interface JudgedAnalysis {
  readonly analysisId: string
  readonly sha256: string
  readonly name: string | null
  readonly verdict: Band | null
  readonly probability: number | null
  readonly truth: 'real' | 'fake' | null
  readonly feedback: FeedbackRecord
}

/** Rows read at a time by `exportFeedback`. */
const CHUNK = 500

/** All feedback with the answers that it is about, oldest first. Memory does not grow with their number. */
export async function* exportFeedback(
  db: Database,
  { owner }: { owner?: string } = {},
): AsyncGenerator<JudgedAnalysis, void, undefined> {
  let [at, id] = [0, '']
  for (;;) {
    let query = db
      .selectFrom('feedback')
      .innerJoin('analyses', 'analyses.id', 'feedback.analysis_id')
      .selectAll('feedback')
      .select(['media_sha256', 'name', 'band', 'probability'])
      .where(({ or, and, eb }) =>
        or([
          eb('feedback.created_at', '>', at),
          and([eb('feedback.created_at', '=', at), eb('feedback.id', '>', id)]),
        ]),
      )
    if (owner !== undefined) query = query.where('analyses.owner', '=', owner)
    const rows = await query.orderBy('feedback.created_at').orderBy('feedback.id').limit(CHUNK).execute()
    for (const row of rows) {
      yield {
        analysisId: row.analysis_id,
        sha256: row.media_sha256,
        name: row.name,
        verdict: row.band,
        probability: row.probability,
        truth: truthOf(row, row.band),
        feedback: readFeedback(row),
      }
    }
    if (rows.length < CHUNK) return
    const last = rows.at(-1)!
    at = last.created_at
    id = last.id
  }
}

/** What feedback says the media is: directly, by the override, or by calling a decided verdict right or wrong. */
function truthOf(said: FeedbackTable, verdict: Band | null): 'real' | 'fake' | null {
  if (said.truth) return said.truth
  const decided = said.override ?? (said.right === 1 ? verdict : null)
  if (decided === 'likely_manipulated') return 'fake'
  if (decided === 'likely_authentic') return 'real'
  if (said.right === 0 && verdict === 'likely_manipulated') return 'real'
  if (said.right === 0 && verdict === 'likely_authentic') return 'fake'
  return null
}

const readFeedback = (row: FeedbackTable): FeedbackRecord => ({
  id: row.id,
  analysisId: row.analysis_id,
  right: row.right === null ? null : row.right === 1,
  rating: row.rating,
  comment: row.comment,
  override: row.override,
  truth: row.truth,
  by: row.by,
  createdAt: row.created_at,
})
