import { winsorisedMean } from '@unswap/detector'
import type { Sample } from './sample.ts'
import type { ScoredCrop } from './score.ts'

export interface PooledMedia extends Sample {
  readonly kind: 'image' | 'video'
  readonly crop: ScoredCrop['row']
}

/** One logit per photograph or video, pooled as the detector pools a track whose frames are all equally good. */
export function pooled(crops: readonly ScoredCrop[], model: number): PooledMedia[] {
  const media = Map.groupBy(crops, ({ row }) => `${row.source}/${row.path}`)
  return [...media.values()].map((own) => {
    const [{ row }] = own as [ScoredCrop]
    const logits = own.map((crop) => crop.logits[model]!)
    return {
      label: row.label,
      group: `${row.source}/${row.video}`,
      value: winsorisedMean(
        logits,
        logits.map(() => 1),
      ),
      kind: row.media.durationSeconds === null ? 'image' : 'video',
      crop: row,
    }
  })
}
