import { type Classifier, createScorer, type FaceCrop, MANIPULATED, sigmoid } from '@unswap/detector'
import sharp from 'sharp'
import { type PreparedFolder, picturesOf } from '../../preprocess/read-prepared.ts'
import { decodeSquare, viewOf } from '../crops/detector-view.ts'

const SHARES = [0, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1]

/** How the score changes while cells of the manipulation map are blurred away. */
export interface DeletionFigures {
  readonly crops: number
  /** Mean score with a share of the cells blurred: the most suspicious first, or last. */
  readonly curve: readonly { readonly removed: number; readonly first: number; readonly last: number }[]
  /**
   * Area between the two curves. Above 0 the score depends on what the map points at; at 0 the map explains nothing.
   */
  readonly gap: number
}

/**
 * The deletion test of an explanation (Samek et al. 2017; Petsiuk et al. 2018). Cells are replaced by a strong blur of
 * the crop, once the most and once the least suspicious first. Each time the crop is scored again.
 * @returns null without crops or without a map
 */
export async function judgeByDeletion(
  { folder, rows }: PreparedFolder,
  classifier: Classifier,
  signal?: AbortSignal,
): Promise<DeletionFigures | null> {
  if (rows.length === 0 || classifier.manifest.outputs.map === null) return null
  const scorer = createScorer([classifier])
  const curves: { first: number; last: number }[][] = []
  for await (const { row, jpeg } of picturesOf(folder, rows)) {
    const crop = viewOf(await decodeSquare(jpeg), row, classifier.manifest.input.margin)
    const [whole] = await scorer.score([crop], signal)
    const order = suspicion(whole!.map!.logits)
    const without = await remover(crop, whole!.map!.size)
    const scoreOf = async (cells: readonly number[]) => {
      const [score] = await scorer.score([without(new Set(cells))], signal)
      return sigmoid(score!.logits[MANIPULATED]!)
    }
    curves.push(
      await Promise.all(
        SHARES.map(async (share) => {
          const count = Math.round(share * order.length)
          const [first, last] = await Promise.all([
            scoreOf(order.slice(0, count)),
            scoreOf(order.slice(order.length - count)),
          ])
          return { first, last }
        }),
      ),
    )
  }
  const mean = (at: number, way: 'first' | 'last') =>
    curves.reduce((sum, own) => sum + own[at]![way], 0) / curves.length
  const curve = SHARES.map((removed, at) => ({ removed, first: mean(at, 'first'), last: mean(at, 'last') }))
  return { crops: curves.length, curve, gap: areaBetween(curve) }
}

/** Cells, most suspicious first. */
const suspicion = (logits: Float32Array): number[] =>
  [...logits.keys()].toSorted((a, b) => logits[b]! - logits[a]! || a - b)

/** The crop with some cells of the map, which covers it, blurred. */
async function remover(crop: FaceCrop, cells: number) {
  const { size, pixels } = crop
  const area = size * size
  const bytes = Uint8Array.from({ length: 3 * area }, (_, i) =>
    Math.round(255 * pixels[(i % 3) * area + Math.floor(i / 3)]!),
  )
  const blurred = await sharp(bytes, { raw: { width: size, height: size, channels: 3 } })
    .blur(size / 10)
    .raw()
    .toBuffer()
  const cellAt = Int32Array.from({ length: size }, (_, at) => Math.floor(((at + 0.5) / size) * cells))
  return (gone: ReadonlySet<number>): FaceCrop => {
    const left = Float32Array.from(pixels)
    for (let i = 0; i < area; i++) {
      const [row, column] = [cellAt[Math.floor(i / size)]!, cellAt[i % size]!]
      if (!gone.has(row * cells + column)) continue
      for (let c = 0; c < 3; c++) left[c * area + i] = blurred[3 * i + c]! / 255
    }
    return { ...crop, pixels: left }
  }
}

function areaBetween(curve: DeletionFigures['curve']): number {
  return curve.slice(1).reduce((area, point, i) => {
    const before = curve[i]!
    const heights = point.last - point.first + before.last - before.first
    return area + ((point.removed - before.removed) * heights) / 2
  }, 0)
}
