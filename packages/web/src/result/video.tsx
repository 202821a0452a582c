import type { AnalysisResource, Report } from '@unswap/contract'
import { useRef, useState } from 'react'
import { text } from '../text.ts'
import { evidenceOf } from './evidence.ts'
import { FaceBoxes } from './face-boxes.tsx'
import { Timeline } from './timeline.tsx'

/** The player with the faces of the moment, and under it what was found when. */
export function VideoView(props: {
  analysis: AnalysisResource
  report: Report
  chosen: number
  onChoose: (index: number) => void
}) {
  const { analysis, report } = props
  const player = useRef<HTMLVideoElement>(null)
  const [seconds, setSeconds] = useState(0)
  const [failed, setFailed] = useState(false)
  const { width, height } = report.media
  const nearest = nearestFrame(report, seconds)
  const boxes = report.faces.map((face) => ({
    face,
    box: face.timeline.find((each) => each.frame === nearest)?.box,
  }))
  const sheet = evidenceOf(analysis, 'contact_sheet')
  const seek = (to: number) => {
    setSeconds(to)
    if (player.current) player.current.currentTime = to
  }
  return (
    <div className="grid gap-4">
      {analysis.links.media && !failed && (
        <div
          className="relative mx-auto w-full"
          style={{ maxWidth: `min(100%, ${(60 * width) / height}vh)`, aspectRatio: `${width} / ${height}` }}
        >
          {/* biome-ignore lint/a11y/useMediaCaption: this is the media under examination, there are no captions */}
          <video
            ref={player}
            src={analysis.links.media}
            controls
            playsInline
            preload="metadata"
            aria-label={text.result.player}
            onTimeUpdate={(event) => setSeconds(event.currentTarget.currentTime)}
            onError={() => setFailed(true)}
            className="size-full rounded bg-black"
          />
          <FaceBoxes
            width={width}
            height={height}
            boxes={boxes}
            chosen={props.chosen}
            onChoose={props.onChoose}
          />
        </div>
      )}
      <Timeline
        report={report}
        chosen={props.chosen}
        seconds={seconds}
        onSeek={seek}
        onChoose={props.onChoose}
      />
      {sheet && (
        <figure>
          <figcaption className="mb-1 font-semibold">{text.result.suspicious}</figcaption>
          <img src={sheet} alt={text.result.suspicious} className="max-w-full rounded" />
        </figure>
      )}
    </div>
  )
}

function nearestFrame(report: Report, seconds: number): number {
  let best = 0
  for (const frame of report.frames) {
    const before = report.frames[best]?.seconds ?? 0
    if (Math.abs(frame.seconds - seconds) < Math.abs(before - seconds)) best = frame.index
  }
  return best
}
