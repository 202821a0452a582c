import type { Settings } from '@unswap/contract'
import { type AnalysisRecord, type NewAnalysis, readAnalysis } from '../storage/analyses/analysis-record.ts'
import type { Database } from '../storage/database.ts'
import { isMediaKept } from '../storage/retention/expiry.ts'
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
