import type { AnalysisResource, Report } from '@unswap/contract'
import { useState } from 'react'
import { text } from '../text.ts'
import { evidenceOf } from './evidence.ts'
import { FaceBoxes } from './face-boxes.tsx'

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
  const { width, height } = report.media
  if (analysis.links.media && !failed) {
    const boxes = report.faces.map((face) => ({ face, box: face.timeline[0]?.box }))
    return (
      <div
        className="relative mx-auto"
        style={{ maxWidth: `min(100%, ${(70 * width) / height}vh)`, aspectRatio: `${width} / ${height}` }}
      >
        <img
          src={analysis.links.media}
          alt={text.result.picture}
          onError={() => setFailed(true)}
          className="size-full rounded"
        />
        <FaceBoxes
          width={width}
          height={height}
          boxes={boxes}
          chosen={props.chosen}
          onChoose={props.onChoose}
        />
      </div>
    )
  }
  if (annotated)
    return (
      <img src={annotated} alt={text.result.picture} className="mx-auto max-h-[70vh] max-w-full rounded" />
    )
  return <p className="text-muted">{text.result.noMedia}</p>
}
