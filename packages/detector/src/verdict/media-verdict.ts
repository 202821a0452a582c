import { REASON_TEXT, type Reason, type ReasonCode, type Verdict } from '@unswap/contract'
import type { FaceDecision } from './face-verdict.ts'

/** Faces with at least this share of the largest face's side must all be judged before media is called authentic. */
const SIZEABLE = 0.5

/** Notes that mean: something of the media was not seen as it is. */
const UNSEEN: readonly ReasonCode[] = ['partly_decoded', 'damaged']

export interface MediaFacts {
  /** What is noted of the file. */
  readonly notes: readonly ReasonCode[]
  /** Faces beyond the limit, which were not analysed. */
  readonly facesLeftOut: number
}

/**
 * The verdict on the media is that of its most manipulated face. It is `likely_authentic` only when all of the media was
 * decoded, every sizeable face is likely authentic, and no smaller face is suspicious. The order of the faces does not
 * matter.
 */
export function decideMedia(faces: readonly FaceDecision[], facts: MediaFacts): Verdict {
  const unseen = unseenReasons(facts)
  const ranked = faces.toSorted(mostManipulatedFirst)
  const [worst] = ranked
  if (!worst) return nothing([because('no_face'), ...unseen])
  if (worst.verdict.band === 'likely_manipulated') {
    return { ...worst.verdict, reasons: [...worst.verdict.reasons, ...unseen] }
  }
  const largest = Math.max(...faces.map(({ side }) => side))
  const doubtful = ranked.filter(
    ({ verdict, side, suspicious }) =>
      verdict.band !== 'likely_authentic' && (side >= SIZEABLE * largest || suspicious),
  )
  const leastAuthentic = ranked.find(({ verdict }) => verdict.band === 'likely_authentic')
  if (leastAuthentic && !doubtful.length && !unseen.length) return leastAuthentic.verdict
  const decisive = doubtful[0] ?? leastAuthentic ?? worst
  return {
    ...decisive.verdict,
    band: 'inconclusive',
    reasons: distinct([...doubtful.flatMap(({ verdict }) => verdict.reasons), ...unseen]),
  }
}

const because = (code: ReasonCode): Reason => ({ code, message: REASON_TEXT[code] })

function unseenReasons({ notes, facesLeftOut }: MediaFacts): Reason[] {
  return [
    ...UNSEEN.filter((code) => notes.includes(code)).map(because),
    ...(facesLeftOut > 0 ? [because('faces_left_out')] : []),
  ]
}

const nothing = (reasons: Reason[]): Verdict => ({
  band: 'inconclusive',
  probability: null,
  interval: null,
  family: null,
  faceId: null,
  reasons,
})

/** By band, then probability, then raw score, larger faces first; ids settle what is left. */
function mostManipulatedFirst(a: FaceDecision, b: FaceDecision): number {
  const flagged = (face: FaceDecision) => Number(face.verdict.band === 'likely_manipulated')
  const probability = (face: FaceDecision) => face.verdict.probability ?? -1
  return (
    flagged(b) - flagged(a) ||
    probability(b) - probability(a) ||
    b.scores.manipulated - a.scores.manipulated ||
    b.side - a.side ||
    (a.id < b.id ? -1 : 1)
  )
}

const distinct = (reasons: readonly Reason[]): Reason[] => [
  ...new Map(reasons.map((reason) => [`${reason.code} ${reason.faceId ?? ''}`, reason])).values(),
]
