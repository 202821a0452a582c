import { REASON_TEXT } from '@unswap/contract'
import { probabilityOf } from '../calibration/calibrate.ts'
import type { FaceDecision } from './face-verdict.ts'

/**
 * Multiple-face correction. The more faces there are, the likelier it is that a real one stands out by chance.
 *
 * It assumes that manipulated media have one forged face, which may be any of the k faces. Then the odds of the media
 * are the mean of the faces' odds (Bayes' rule for a mixture), and no face can be more probable than that. A single
 * face keeps its probability. The order of faces does not matter, and no probability rises.
 */
export function correctForMultipleFaces(decisions: readonly FaceDecision[]): FaceDecision[] {
  const odds = decisions.flatMap(({ judged }) => (judged ? [Math.exp(judged.whole.logOdds)] : []))
  if (odds.length < 2) return [...decisions]
  const together = Math.log(odds.reduce((sum, own) => sum + own, 0) / odds.length)
  return decisions.map((decision) => {
    const { judged, verdict } = decision
    if (!judged || judged.whole.logOdds <= together) return decision
    const corrected = { ...verdict, ...probabilityOf({ ...judged.whole, logOdds: together }) }
    if (verdict.band !== 'likely_manipulated' || together >= judged.manipulated) {
      return { ...decision, verdict: corrected }
    }
    const reason = { code: 'several_faces', message: REASON_TEXT.several_faces, faceId: decision.id } as const
    return { ...decision, verdict: { ...corrected, band: 'inconclusive', reasons: [reason] } }
  })
}
