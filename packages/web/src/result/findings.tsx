import type { AnalysisResource, Report } from '@unswap/contract'
import { type ReactNode, useRef, useState } from 'react'
import { text } from '../text/text.ts'
import { Card } from '../ui/card.tsx'
import { Notice } from '../ui/notice.tsx'
import { FacePanel } from './face/face-panel.tsx'
import { FaceTabs } from './face/face-tabs.tsx'
import { isJudged } from './face/is-judged.ts'
import { PictureView } from './media/picture-view.tsx'
import { ScoreTimeline } from './media/score-timeline.tsx'
import { SuspiciousMoments } from './media/suspicious-moments.tsx'
import { VideoView } from './media/video-view.tsx'
import { VerdictPanel } from './verdict/verdict-panel.tsx'

const t = text.result

/** The verdict beside the media, then the actions (`children`), the moments of a video, and the chosen face. */
export function Findings(props: { analysis: AnalysisResource; report: Report; children: ReactNode }) {
  const { analysis, report } = props
  const [chosen, setChosen] = useState(0)
  const [seconds, setSeconds] = useState(0)
  const player = useRef<HTMLVideoElement>(null)
  const face = report.faces[chosen]
  const isVideo = report.media.kind === 'video'
  const view = { analysis, report, chosen, onChoose: setChosen }
  const seek = (to: number) => {
    setSeconds(to)
    if (player.current) player.current.currentTime = to
  }
  return (
    <>
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <VerdictPanel analysis={analysis} report={report} />
        <Card title={isVideo ? t.video : t.picture}>
          {isVideo ? (
            <>
              <VideoView {...view} player={player} seconds={seconds} onTime={setSeconds} />
              {face && <ScoreTimeline report={report} chosen={chosen} seconds={seconds} onSeek={seek} />}
            </>
          ) : (
            <PictureView {...view} />
          )}
        </Card>
      </div>
      {props.children}
      {!analysis.mediaKept && <Notice>{t.noMedia}</Notice>}
      {isVideo && report.faces.some(isJudged) && (
        <Card title={report.verdict.band === 'likely_authentic' ? t.momentsAuthentic : t.moments}>
          <SuspiciousMoments
            analysis={analysis}
            report={report}
            onSeek={(to, index) => {
              setChosen(index)
              seek(to)
              player.current?.scrollIntoView({ block: 'nearest' })
            }}
          />
        </Card>
      )}
      <Card title={t.faces}>
        {face ? (
          <>
            <FaceTabs faces={report.faces} chosen={chosen} onChoose={setChosen} />
            <FacePanel analysis={analysis} face={face} />
          </>
        ) : (
          <p>{t.noFaces}</p>
        )}
        {report.facesLeftOut > 0 && <p className="mt-3 text-muted">{t.leftOut(report.facesLeftOut)}</p>}
      </Card>
    </>
  )
}
