import type { MediaKind, Sampling } from '@unswap/contract'
import type { FramePlan } from '../media/video/sampling.ts'
import type { Decided, DecidedFace } from './build-report.ts'

/** Most frames of a second pass beyond those of the first: some ten seconds of work at 720p. */
const MOST_MORE = 192
/** More than what a face lacks, for each moment: some of the frames will show it turned, blurred or not at all. */
const IN_RESERVE = 1

export interface SecondPassOptions {
  readonly kind: MediaKind
  readonly sampling: Sampling
  /** Frames of the first pass. */
  readonly framesBefore: number
  /** Fewest usable frames that a face is judged by. */
  readonly minimumFrames: number
  /** Most frames that may be analysed. */
  readonly mostFrames: number
}

/** The frames of the first pass, and more around some moments. */
type SecondPass = Extract<FramePlan, { readonly around: unknown }>

/**
 * Plans a second pass over a video, where the sampling allows one. It is for faces that were usable in too few frames
 * and so keep the video from a verdict: in a long video each of the evenly spread frames may show another scene.
 * Larger faces come first while there is room. Scores play no part: to search suspicious faces longer would find more
 * of them by chance.
 * @param decided from the first pass
 * @returns null when there is nothing to gain
 */
export function planSecondPass(
  decided: Decided,
  { kind, sampling, framesBefore, minimumFrames, mostFrames }: SecondPassOptions,
): SecondPass | null {
  if (!('count' in sampling && sampling.closer) || kind !== 'video') return null
  let room = Math.min(MOST_MORE, mostFrames - framesBefore)
  const around = new Map<number, number>()
  for (const { track } of facesInFewFrames(decided)) {
    const moments = track.timeline.filter(({ usable }) => usable).map(({ seconds }) => seconds)
    const each = Math.ceil((minimumFrames - moments.length) / moments.length) + IN_RESERVE
    const added = moments.reduce((sum, moment) => sum + Math.max(0, each - (around.get(moment) ?? 0)), 0)
    if (added > room) continue
    room -= added
    for (const moment of moments) around.set(moment, Math.max(each, around.get(moment) ?? 0))
  }
  if (around.size === 0) return null
  const moments = [...around].sort(([a], [b]) => a - b)
  return { first: sampling, around: moments.map(([seconds, more]) => ({ seconds, frames: more })) }
}

/** The faces whose few frames are among the verdict's reasons, largest first. */
function facesInFewFrames({ verdict, faces }: Decided): DecidedFace[] {
  const named = new Set(
    verdict.reasons.flatMap(({ code, faceId }) => (code === 'few_frames' ? [faceId] : [])),
  )
  return faces
    .filter(({ decision }) => named.has(decision.id))
    .toSorted((a, b) => b.decision.side - a.decision.side)
}
