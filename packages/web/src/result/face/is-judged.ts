import type { Face } from '@unswap/contract'

/** Whether a face could be judged. Where it could not, its reasons say why, and its scores mean nothing. */
export const isJudged = ({ verdict }: Face): boolean =>
  verdict.probability !== null || verdict.reasons.length === 0
