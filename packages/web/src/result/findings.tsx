import type { AnalysisResource, Report } from '@unswap/contract'
import { type ReactNode, useRef, useState } from 'react'
import { faceNumber } from '../format.ts'
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

/** The report with its faces in the order of their numbers, as people look for them. */
const inOrder = (report: Report): Report => ({
  ...report,
  faces: report.faces.toSorted((a, b) => Number(faceNumber(a.id)) - Number(faceNumber(b.id))),
})

/** The verdict beside the media, then the actions (`children`), the moments of a video, and the chosen face. */
export function Findings(props: { analysis: AnalysisResource; report: Report; children: ReactNode }) {
  const { analysis } = props
  const report = inOrder(props.report)
  const [chosen, setChosen] = useState(() =>
    Math.max(
      0,
      report.faces.findIndex(({ id }) => id === report.verdict.faceId),
    ),
  )
  const [seconds, setSeconds] = useState(0)
  const player = useRef<HTMLVideoElement>(null)
  const face = report.faces[chosen]
  const isVideo = report.media.kind === 'video'
  // The panel of the face is far below its picture, so it comes to the reader.
  const chooseInMedia = (index: number) => {
    setChosen(index)
    requestAnimationFrame(() => {
      const tab = document.getElementById(`tab-${report.faces[index]?.id}`)
      tab?.focus({ preventScroll: true })
      tab?.scrollIntoView({ block: 'start' })
    })
  }
  const view = { analysis, report, chosen, onChoose: chooseInMedia }
  const seek = (to: number) => {
    setSeconds(to)
    if (player.current) player.current.currentTime = to
  }
  return (
    <>
      <VerdictPanel analysis={analysis} report={report}>
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
      </VerdictPanel>
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
            <div className="grid">
              <FacePanel analysis={analysis} face={face} place={chosen} />
              {report.faces.map(
                (each, index) =>
                  index !== chosen && (
                    <FacePanel key={each.id} analysis={analysis} face={each} place={index} onPaper />
                  ),
              )}
            </div>
          </>
        ) : (
          <p>{t.noFaces}</p>
        )}
        {report.facesLeftOut > 0 && <p className="mt-3 text-muted">{t.leftOut(report.facesLeftOut)}</p>}
      </Card>
    </>
  )
}
