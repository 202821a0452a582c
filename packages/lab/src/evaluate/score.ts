import type { Scorer } from '@unswap/detector'
import type { CropRow } from '../preprocess/crop-row.ts'
import { type PreparedFolder, picturesOf } from '../preprocess/prepared.ts'
import { decodeSquare, type Square, viewOf } from './view.ts'

/** Crops that wait for the networks at once. */
const AHEAD = 16

/** A prepared crop with the logit `manipulated` of every model, in the scorer's order. */
export interface ScoredCrop {
  readonly row: CropRow
  readonly logits: readonly number[]
}

export interface ScoreOptions {
  readonly scorer: Scorer
  /** Changes the picture before it is scored. */
  readonly degrade?: (square: Square, row: CropRow) => Promise<Square>
  readonly signal?: AbortSignal
  readonly onProgress?: (done: number, total: number) => void
}

/** Scores prepared crops exactly as the detector scores faces of media. */
export async function scoreCrops(
  { folder, rows }: PreparedFolder,
  { scorer, degrade, signal, onProgress }: ScoreOptions,
): Promise<ScoredCrop[]> {
  const scored: ScoredCrop[] = []
  let waiting: Promise<ScoredCrop>[] = []
  const settle = async () => {
    scored.push(...(await Promise.all(waiting)))
    waiting = []
    onProgress?.(scored.length, rows.length)
  }
  for await (const { row, jpeg } of picturesOf(folder, rows)) {
    waiting.push(scoreOne(row, jpeg, { scorer, degrade, signal }))
    if (waiting.length === AHEAD) await settle()
  }
  await settle()
  return scored
}

async function scoreOne(
  row: CropRow,
  jpeg: Uint8Array,
  {
    scorer,
    degrade,
    signal,
  }: Pick<ScoreOptions, 'scorer'> & { [K in 'degrade' | 'signal']: ScoreOptions[K] | undefined },
): Promise<ScoredCrop> {
  const square = await decodeSquare(jpeg)
  const shown = degrade ? await degrade(square, row) : square
  const results = await scorer.score(viewOf(shown, row), signal)
  return { row, logits: results.map(({ logits }) => logits[0]!) }
}
