import type { AnalysisResource, Band, Feedback } from '@unswap/contract'

/** Something a person decided. */
export interface Decision {
  readonly id: string
  /** Null where a decision was taken back. */
  readonly band: Band | null
  readonly by: string
  readonly at: string
}

/** Feedback without any content takes a decision back. */
const isWithdrawal = ({ right, rating, comment, override }: Feedback) =>
  right === null && rating === null && comment === null && override === null

/** What people decided, oldest first. */
export function decisionsOf({ feedback }: Pick<AnalysisResource, 'feedback'>): Decision[] {
  return feedback
    .filter((each) => each.override !== null || isWithdrawal(each))
    .map(({ id, override, by, createdAt }) => ({ id, band: override, by, at: createdAt }))
}

/** The decision that holds; null when there is none. Its author is the last who decided so. */
export function decisionOf(analysis: AnalysisResource): Decision | null {
  const { override } = analysis
  return (override && decisionsOf(analysis).findLast(({ band }) => band === override)) ?? null
}
