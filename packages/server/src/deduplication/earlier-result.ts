import type { Settings } from '@unswap/contract'
import { type AnalysisRecord, type NewAnalysis, readAnalysis } from '../storage/analyses/analysis-record.ts'
import type { Database } from '../storage/database.ts'
import { expiryTime, isMediaKept } from '../storage/retention/expiry.ts'
import { listWorkers } from '../storage/worker-store.ts'
import { hashModels, hashSettings } from './deduplication-key.ts'

/** What two duplicates have in common. */
export interface Question {
  readonly owner: string
  readonly sha256: string
  readonly settings: Settings
  /** Classifiers asked for; null for those of the service. */
  readonly models: readonly string[] | null
  /** `hashModels` of the models that answer. */
  readonly modelsHash: string
}

/**
 * The completed analysis that answers a submission, with the models that run now. Null when there is none, and when
 * its pictures are erased while the submission wants to keep them.
 */
export async function findEarlierResult(
  db: Database,
  question: Omit<Question, 'modelsHash'>,
  retention: NewAnalysis['retention'],
): Promise<AnalysisRecord | null> {
  const { models } = question
  const [worker] = await listWorkers(db)
  const running = worker?.models.filter(({ id }) => models === null || models.includes(id))
  if (!running || running.length === 0) return null
  const found = await findCompletedDuplicate(db, { ...question, modelsHash: hashModels(running) })
  return found === null || isMediaKept(found) || retention === 'none' ? found : null
}

/**
 * The newest completed duplicate, or null.
 * @internal
 */
export async function findCompletedDuplicate(
  db: Database,
  question: Question,
): Promise<AnalysisRecord | null> {
  const row = await db
    .selectFrom('analyses')
    .selectAll()
    .where('media_sha256', '=', question.sha256)
    .where('settings_hash', '=', hashSettings(question.settings, question.models))
    .where('models_hash', '=', question.modelsHash)
    .where('owner', '=', question.owner)
    .where('state', '=', 'completed')
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row ? readAnalysis(row) : null
}

/** An expiry that would move by fewer milliseconds is left as it is, which saves a write. */
const LEAST_EXTENSION_MS = 60_000

/**
 * Lets a completed analysis answer another submission of its owner: adds that one's tags, and keeps media and
 * evidence, while they are there, until the later of both expiries. Null when it was deleted meanwhile.
 */
export async function shareResult(
  db: Database,
  id: string,
  { tags, retention }: Pick<NewAnalysis, 'tags' | 'retention'>,
  now = Date.now(),
): Promise<AnalysisRecord | null> {
  return db.transaction().execute(async (trx) => {
    const row = await trx.selectFrom('analyses').selectAll().where('id', '=', id).executeTakeFirst()
    if (!row) return null
    const known = JSON.parse(row.tags) as string[]
    const added = [...new Set(tags)].filter((tag) => !known.includes(tag))
    if (added.length > 0) {
      await trx
        .insertInto('analysis_tags')
        .values(added.map((tag) => ({ analysis_id: id, tag })))
        .onConflict((conflict) => conflict.doNothing())
        .execute()
      row.tags = JSON.stringify([...known, ...added])
    }
    const expiry = expiryTime(retention, now)
    const current = row.expires_at
    const isHeld = row.media_blob !== null && current !== null && current > now
    const extended = isHeld && (expiry === null || expiry > current + LEAST_EXTENSION_MS)
    if (extended) Object.assign(row, { retention, expires_at: expiry })
    if (extended || added.length > 0) {
      const { tags, retention, expires_at } = row
      await trx.updateTable('analyses').set({ tags, retention, expires_at }).where('id', '=', id).execute()
    }
    return readAnalysis(row)
  })
}
