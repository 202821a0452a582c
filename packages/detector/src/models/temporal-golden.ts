import { readFile } from 'node:fs/promises'
import { TemporalGolden, UnswapError } from '@unswap/contract'
import type { Window } from '../temporal/sequence.ts'
import { conform, parse } from './manifests.ts'

/**
 * The golden clips of a temporal head.
 * @param width numbers in a row
 * @throws UnswapError `model_missing` or `model_invalid`
 */
export async function readGolden(file: string, width: number): Promise<TemporalGolden> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (cause) {
    throw new UnswapError(
      'model_missing',
      `${file} cannot be read, and a temporal head is only used when it reproduces its golden clips: restore it.`,
      { cause },
    )
  }
  const golden = conform(TemporalGolden, parse(text, file), file)
  if (golden.clips.every(({ rows }) => rows.every((row) => row.length === width))) return golden
  throw new UnswapError('model_invalid', `${file} needs ${width} numbers in each row: export the head again.`)
}

/**
 * Runs the golden clips together, shorter ones padded, so that the mask is tried as well.
 * @throws UnswapError `model_self_test_failed` when a logit strays further than the tolerance
 */
export async function proveGolden(
  id: string,
  { tolerance, clips }: TemporalGolden,
  judge: (windows: readonly Window[]) => Promise<Float32Array>,
): Promise<void> {
  const windows = clips.map(({ rows }) => ({ frames: rows.length, rows: Float32Array.from(rows.flat()) }))
  const logits = await judge(windows)
  const strayed = Math.max(...clips.map(({ logit }, i) => Math.abs(logits[i]! - logit)))
  if (strayed <= tolerance) return
  throw new UnswapError(
    'model_self_test_failed',
    `The temporal head of ${id} does not reproduce its golden clips on this machine (off by ${strayed.toFixed(2)} where ` +
      `${tolerance} is allowed): restore its folder, or update onnxruntime-node.`,
  )
}
