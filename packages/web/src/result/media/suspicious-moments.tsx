import type { AnalysisResource, Report } from '@unswap/contract'
import { useState } from 'react'
import { clock, faceNumber } from '../../format.ts'
import { text } from '../../text/text.ts'
import { evidenceHref } from '../evidence-href.ts'
import { isJudged } from '../face/is-judged.ts'

const t = text.result
const MOST = 6
/** Shortest distance between two moments as a share of the video: neighbouring frames would look alike. */
const APART = 1 / 15

interface Moment {
  readonly seconds: number
  readonly score: number
  /** Index of the face with that score. */
  readonly face: number
}

/** The moments with the highest scores, highest first. */
function suspiciousMoments(report: Report): Moment[] {
  const seen = report.faces.flatMap((face, index) =>
    (isJudged(face) ? face.timeline : []).map((each) => ({
      seconds: each.seconds,
      score: each.scores.manipulated,
      face: index,
    })),
  )
  const apart = (report.frames.at(-1)?.seconds ?? 0) * APART
  const chosen: Moment[] = []
  for (const moment of seen.toSorted((a, b) => b.score - a.score)) {
    if (chosen.length === MOST) break
    if (chosen.every((other) => Math.abs(other.seconds - moment.seconds) > apart)) chosen.push(moment)
  }
  return chosen
}

/**
 * Stills of the most suspicious moments; choosing one seeks the player to it. The contact sheet takes their place on
 * paper, without the media, and where the browser cannot play it.
 */
export function SuspiciousMoments(props: {
  analysis: AnalysisResource
  report: Report
  onSeek: (seconds: number, face: number) => void
}) {
  const { report } = props
  const [failed, setFailed] = useState(false)
  const media = failed ? null : props.analysis.links.media
  const sheet = evidenceHref(props.analysis, 'contact_sheet')
  const moments = suspiciousMoments(report)
  if (moments.length === 0) return null
  return (
    <>
      <p className="text-sm text-muted">{t.momentsHelp}</p>
      <ul className="no-print mt-2 grid grid-cols-2 gap-3 sm:grid-cols-3 lg:grid-cols-6">
        {moments.map(({ seconds, score, face }) => (
          <li key={seconds}>
            <button
              type="button"
              onClick={() => props.onSeek(seconds, face)}
              className="block w-full cursor-pointer rounded-lg border border-line p-1 text-left hover:border-accent"
            >
              {media && (
                <span aria-hidden="true">
                  <video
                    src={`${media}#t=${seconds}`}
                    muted
                    playsInline
                    preload="metadata"
                    onError={() => setFailed(true)}
                    className="pointer-events-none aspect-video w-full rounded bg-black object-contain"
                  />
                </span>
              )}
              <span className="block px-1 pt-1 font-medium tabular-nums">{clock(seconds)}</span>
              <span className="block px-1 pb-1 text-sm text-muted tabular-nums">
                {t.momentOf(faceNumber(report.faces[face]?.id ?? ''), score.toFixed(2))}
              </span>
            </button>
          </li>
        ))}
      </ul>
      {sheet && <img src={sheet} alt={t.moments} className={media ? 'hidden print:block' : 'mt-3 rounded'} />}
    </>
  )
}
