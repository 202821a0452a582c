import type { AnalysisResource, Report } from '@unswap/contract'
import { useState } from 'react'
import { text } from '../text.ts'
import { Card } from '../ui/card.tsx'
import { Notice } from '../ui/notice.tsx'
import { FacePanel } from './face.tsx'
import { FaceTabs } from './face-tabs.tsx'
import { PictureView } from './picture.tsx'
import { VideoView } from './video.tsx'

/** The media with its faces, and the chosen face in detail. */
export function Findings({ analysis, report }: { analysis: AnalysisResource; report: Report }) {
  const [chosen, setChosen] = useState(0)
  const face = report.faces[chosen]
  const isVideo = report.media.kind === 'video'
  return (
    <>
      {!analysis.mediaKept && <Notice>{text.result.noMedia}</Notice>}
      <Card title={isVideo ? text.result.video : text.result.picture}>
        {isVideo ? (
          <VideoView analysis={analysis} report={report} chosen={chosen} onChoose={setChosen} />
        ) : (
          <PictureView analysis={analysis} report={report} chosen={chosen} onChoose={setChosen} />
        )}
      </Card>
      <Card title={text.result.faces}>
        {face ? (
          <>
            <FaceTabs faces={report.faces} chosen={chosen} onChoose={setChosen} />
            <FacePanel analysis={analysis} face={face} />
          </>
        ) : (
          <p>{text.result.noFaces}</p>
        )}
        {report.facesLeftOut > 0 && (
          <p className="mt-3 text-muted">{text.result.leftOut(report.facesLeftOut)}</p>
        )}
      </Card>
    </>
  )
}
