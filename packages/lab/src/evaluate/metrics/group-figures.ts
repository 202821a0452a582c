import { TRAITS, type Trait } from '../../lab-vocabulary.ts'
import type { CropRow } from '../../preprocess/crop-row.ts'
import { perFrame, perVideo } from '../crops/frame-and-video-scores.ts'
import type { ScoredCrop } from '../crops/score-crops.ts'
import { type Figures, figuresOf } from './label-figures.ts'

const MADE = ['method', 'family', 'compression', 'source'] as const
const GROUPS = [...MADE, ...TRAITS]
/** Draws of the bootstrap; few, since there are many groups. */
const DRAWS = 100

/** Frames and videos of one part of the data, with intervals by video. */
export interface GroupFigures {
  readonly by: (typeof GROUPS)[number]
  readonly name: string
  readonly frame: Figures
  readonly video: Figures
}

/** Logits of frames, the highest among a frame's large faces. */
export const framesOf = (crops: readonly ScoredCrop[], model: number) =>
  perFrame(
    crops.map(({ row, logits }) => ({
      label: row.label,
      video: `${row.source}/${row.path}`,
      frame: row.seconds,
      side: row.quality.side,
      value: logits[model]!,
    })),
  )

/** A model's figures on each part of the data: how fakes were made, where they come from, whom they show. */
export function groupsOf(crops: readonly ScoredCrop[], model: number, threshold: number): GroupFigures[] {
  return GROUPS.flatMap((by) => {
    const names = [...new Set(crops.flatMap(({ row }) => partOf(row, by) ?? []))].toSorted()
    if (names.length < 2 && by !== 'method' && by !== 'family') return []
    return names.map((name) => {
      const fakes = crops.filter(({ row }) => row.label === 'fake' && partOf(row, by) === name)
      const reals = crops.filter(({ row }) => row.label === 'real' && belongs(row, by, name, fakes))
      const frames = framesOf([...reals, ...fakes], model)
      const [frame, video] = [frames, perVideo(frames)].map((own) => figuresOf(own, threshold, DRAWS))
      return { by, name, frame: frame!, video: video! }
    })
  })
}

function partOf(row: CropRow, by: GroupFigures['by']): string | null {
  return MADE.some((name) => name === by)
    ? row[by as (typeof MADE)[number]]
    : (row.traits?.[by as Trait] ?? null)
}

/** Reals of no method are compared within source and compression, so that those cannot stand in for the forgery. */
function belongs(row: CropRow, by: GroupFigures['by'], name: string, fakes: readonly ScoredCrop[]): boolean {
  if (by !== 'method' && by !== 'family') return partOf(row, by) === name
  return fakes.some((fake) => fake.row.source === row.source && fake.row.compression === row.compression)
}
