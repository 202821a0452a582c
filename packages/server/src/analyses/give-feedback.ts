import { type Feedback, type FeedbackRequest, UnswapError } from '@unswap/contract'
import type { Caller } from '../access/caller.ts'
import type { Service } from '../boot/service.ts'
import { addFeedback } from '../storage/analyses/feedback-store.ts'
import { findVisibleAnalysis } from './find-visible.ts'
import { toFeedback } from './present-analysis.ts'

/**
 * Stores a person's feedback on a verdict.
 * @param said `truth` when the person said directly what the media is
 * @throws UnswapError `not_found`; `conflict` while there is no verdict
 */
export async function giveFeedback(
  service: Pick<Service, 'db'>,
  caller: Caller,
  id: string,
  said: FeedbackRequest & { truth?: 'real' | 'fake' },
): Promise<Feedback> {
  const record = await findVisibleAnalysis(service, caller, id)
  if (record.state !== 'completed') {
    throw new UnswapError('conflict', 'There is no verdict yet to say anything about.')
  }
  const kept = await addFeedback(service.db, { analysisId: id, by: caller.name, ...said })
  if (kept === null) throw new UnswapError('not_found', 'The analysis was deleted meanwhile.')
  return toFeedback(kept)
}
