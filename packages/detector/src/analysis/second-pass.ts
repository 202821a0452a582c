import type { Face, Report } from '@unswap/contract'
import type { CloserLook } from '../media/video/sampling.ts'

/** Most frames of a closer look beyond those of the first: some ten seconds of work at 720p. */
const MOST_MORE = 192
/** More than what a face lacks, for each moment: some of the frames will show it turned, blurred or not at all. */
const IN_RESERVE = 1

export interface CloserOptions {
  /** Fewest usable frames of a face that may be judged. */
  readonly minimumFrames: number
  /** Most frames that may be analysed. */
  readonly mostFrames: number
}

/**
 * What a closer look at a video would take in, when the settings ask for one and faces that keep it from a verdict were
 * usable in too few frames: in a long or much-cut video each of the evenly spread frames may show another scene. Null
 * when there is nothing to gain. Larger faces come first while there is room; how suspicious they look plays no part,
 * or chance would be looked at until it found something.
 */
export function planCloserLook(report: Report, options: CloserOptions): CloserLook | null {
  const { sampling } = report.settings
  if (!('count' in sampling && sampling.closer) || report.media.kind !== 'video') return null
  let room = Math.min(MOST_MORE, options.mostFrames - report.frames.length)
  const around = new Map<number, number>()
  for (const face of lacking(report)) {
    const moments = face.timeline.filter(({ usable }) => usable).map(({ seconds }) => seconds)
    const each = Math.ceil((options.minimumFrames - moments.length) / moments.length) + IN_RESERVE
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
function lacking({ verdict, faces }: Report): Face[] {
  const named = new Set(
    verdict.reasons.flatMap(({ code, faceId }) => (code === 'few_frames' ? [faceId] : [])),
  )
  return faces.filter(({ id }) => named.has(id)).toSorted((a, b) => b.quality.side - a.quality.side)
}
