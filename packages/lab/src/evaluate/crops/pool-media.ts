import { winsorisedMean } from '@unswap/detector'
import { detectorSide } from '../../preprocess/crop-geometry.ts'
import { quantile } from '../metrics/bootstrap.ts'
import type { Sample } from '../metrics/labelled-sample.ts'
import type { ScoredCrop } from './score-crops.ts'

export interface PooledMedia extends Sample {
  readonly kind: 'image' | 'video'
  /** Side of the detector's crop in pixels of the picture, median over the frames. */
  readonly side: number
}

/** One logit per photograph or video, pooled as the detector pools a track whose frames are all equally good. */
export function poolMedia(crops: readonly ScoredCrop[], model: number): PooledMedia[] {
  const media = Map.groupBy(crops, ({ row }) => `${row.source}/${row.path}`)
  return [...media.values()].map((own) => {
    const [{ row }] = own as [ScoredCrop]
    const logits = own.map((crop) => crop.logits[model]!)
    const sides = own.map((crop) => crop.row.quality.side).toSorted((a, b) => a - b)
    return {
      label: row.label,
      group: `${row.source}/${row.video}`,
      value: winsorisedMean(
        logits,
        logits.map(() => 1),
      ),
      kind: row.media.durationSeconds === null ? 'image' : 'video',
      side: detectorSide(quantile(sides, 0.5)),
    }
  })
}
