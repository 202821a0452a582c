import { REASON_TEXT } from '@unswap/contract'
import { probabilityOf } from '../calibration/calibrate.ts'
import type { FaceDecision } from './face-verdict.ts'

/**
 * Weighs each face in the company of the others. The more faces, the likelier that a real one stands out by chance,
 * so a face's own odds must not speak for the whole. If manipulated media have one forged face among k that could be
 * any of them, the odds of the media are the mean of its faces' odds (Bayes' rule for a mixture), and no face is more
 * probable than that. One face alone is left as it is; the order does not matter, and no probability ever rises.
 */
export function correctForMultipleFaces(decisions: readonly FaceDecision[]): FaceDecision[] {
  const odds = decisions.flatMap(({ judged }) => (judged ? [Math.exp(judged.whole.logOdds)] : []))
  if (odds.length < 2) return [...decisions]
  const together = Math.log(odds.reduce((sum, own) => sum + own, 0) / odds.length)
  return decisions.map((decision) => {
    const { judged, verdict } = decision
    if (!judged || judged.whole.logOdds <= together) return decision
    const tempered = { ...verdict, ...probabilityOf({ ...judged.whole, logOdds: together }) }
    if (verdict.band !== 'likely_manipulated' || together >= judged.manipulated) {
      return { ...decision, verdict: tempered }
    }
    const reason = { code: 'several_faces', message: REASON_TEXT.several_faces, faceId: decision.id } as const
    return { ...decision, verdict: { ...tempered, band: 'inconclusive', reasons: [reason] } }
  })
}
