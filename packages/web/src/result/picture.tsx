import type { AnalysisResource, Report } from '@unswap/contract'
import { useState } from 'react'
import { text } from '../text.ts'
import { evidenceOf } from './evidence.ts'
import { MediaFrame } from './media-frame.tsx'

/** The photograph with a box per face. What a browser cannot show (HEIC, TIFF) comes as the annotated picture. */
export function PictureView(props: {
  analysis: AnalysisResource
  report: Report
  chosen: number
  onChoose: (index: number) => void
}) {
  const { analysis, report } = props
  const [failed, setFailed] = useState(false)
  const annotated = evidenceOf(analysis, 'annotated')
  if (analysis.links.media && !failed)
    return (
      <MediaFrame
        media={report.media}
        boxes={report.faces.map((face) => ({ face, box: face.timeline[0]?.box }))}
        chosen={props.chosen}
        onChoose={props.onChoose}
      >
        <img
          src={analysis.links.media}
          alt={text.result.picture}
          onError={() => setFailed(true)}
          className="size-full rounded"
        />
      </MediaFrame>
    )
  if (annotated)
    return (
      <img src={annotated} alt={text.result.picture} className="mx-auto max-h-[62vh] max-w-full rounded" />
    )
  return <p className="text-muted">{text.result.noMedia}</p>
}
