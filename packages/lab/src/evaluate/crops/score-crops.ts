import { MANIPULATED, type Scorer } from '@unswap/detector'
import type { CropRow } from '../../preprocess/crop-row.ts'
import { type PreparedFolder, picturesOf } from '../../preprocess/read-prepared.ts'
import { decodeSquare, type Square, viewsOf } from './detector-view.ts'

/** Crops that are scored at a time. */
const AHEAD = 16

/** A prepared crop with the logit `manipulated` of every model, in the scorer's order. */
export interface ScoredCrop {
  readonly row: CropRow
  readonly logits: readonly number[]
}

export interface ScoreOptions {
  readonly scorer: Scorer
  /** Changes the pictures before they are scored. */
  readonly degrade?: (squares: readonly Square[], rows: readonly CropRow[]) => Promise<readonly Square[]>
  readonly signal?: AbortSignal
  readonly onProgress?: (done: number, total: number) => void
}

/** Scores prepared crops exactly as the detector scores faces of media. */
export async function scoreCrops(
  { folder, rows }: PreparedFolder,
  { scorer, degrade, signal, onProgress }: ScoreOptions,
): Promise<ScoredCrop[]> {
  const scored: ScoredCrop[] = []
  let waiting: { readonly row: CropRow; readonly jpeg: Uint8Array }[] = []
  const settle = async () => {
    const own = waiting.map(({ row }) => row)
    const squares = await Promise.all(waiting.map(({ jpeg }) => decodeSquare(jpeg)))
    const shown = degrade ? await degrade(squares, own) : squares
    waiting = []
    const score = async (row: CropRow, i: number) => {
      const results = await scorer.score(viewsOf(shown[i]!, row, scorer.inputs), signal)
      return { row, logits: results.map(({ logits }) => logits[MANIPULATED]!) }
    }
    scored.push(...(await Promise.all(own.map(score))))
    onProgress?.(scored.length, rows.length)
  }
  for await (const picture of picturesOf(folder, rows)) {
    waiting.push(picture)
    if (waiting.length === AHEAD) await settle()
  }
  if (waiting.length > 0) await settle()
  return scored
}
