import type { AnalysisResource, Report } from '@unswap/contract'
import { useState } from 'react'
import { text } from '../../text/text.ts'
import { evidenceHref } from '../evidence-href.ts'
import { FaceBoxes } from './face-boxes.tsx'

/** The photograph with a box per face; the annotated picture where the browser cannot show it (HEIC, TIFF). */
export function PictureView(props: {
  analysis: AnalysisResource
  report: Report
  chosen: number
  onChoose: (index: number) => void
}) {
  const { analysis, report } = props
  const [failed, setFailed] = useState(false)
  const annotated = evidenceHref(analysis, 'annotated')
  if (analysis.links.media && !failed)
    return (
      <FaceBoxes
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
      </FaceBoxes>
    )
  if (annotated)
    return (
      <img src={annotated} alt={text.result.picture} className="mx-auto max-h-[62vh] max-w-full rounded" />
    )
  return <p className="text-muted">{text.result.noMedia}</p>
}
