import type { AnalysisResource, Report } from '@unswap/contract'
import { type RefObject, useState } from 'react'
import { text } from '../../text/text.ts'
import { evidenceHref } from '../evidence-href.ts'
import { boxAt } from './box-at.ts'
import { FaceBoxes } from './face-boxes.tsx'

/** Height in pixels of the controls that browsers lay over a video. */
const CONTROLS = 56

/** The player with the faces of the moment; the annotated frame where the browser cannot play the video. */
export function VideoView(props: {
  analysis: AnalysisResource
  report: Report
  chosen: number
  onChoose: (index: number) => void
  player: RefObject<HTMLVideoElement | null>
  seconds: number
  onTime: (seconds: number) => void
}) {
  const { analysis, report } = props
  const [failed, setFailed] = useState(false)
  const annotated = evidenceHref(analysis, 'annotated')
  if (analysis.links.media && !failed)
    return (
      <FaceBoxes
        media={report.media}
        boxes={report.faces.map((face) => ({
          face,
          box: boxAt(face, props.seconds, report.cuts),
        }))}
        chosen={props.chosen}
        onChoose={props.onChoose}
        foot={CONTROLS}
      >
        {/* biome-ignore lint/a11y/useMediaCaption: this is the media under examination, there are no captions */}
        <video
          ref={props.player}
          src={analysis.links.media}
          controls
          playsInline
          preload="metadata"
          aria-label={text.result.player}
          onTimeUpdate={(event) => props.onTime(event.currentTarget.currentTime)}
          onError={() => setFailed(true)}
          className="size-full rounded bg-black"
        />
      </FaceBoxes>
    )
  return annotated ? (
    <figure>
      <img src={annotated} alt={text.result.firstFrame} className="mx-auto max-h-[62vh] max-w-full rounded" />
      <figcaption className="mt-2 text-sm text-muted">
        {analysis.links.media ? text.result.cannotPlay : text.result.firstFrame}
      </figcaption>
    </figure>
  ) : (
    <p className="text-muted">{text.result.noMedia}</p>
  )
}
