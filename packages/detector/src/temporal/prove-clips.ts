import { type TemporalGolden, UnswapError } from '@unswap/contract'
import type { Window } from './sequence.ts'

/**
 * Checks a temporal head against its golden clips. All run in one batch, the shorter ones padded, which tests the mask.
 * @throws UnswapError `model_self_test_failed` when a logit is further off than the tolerance
 */
export async function proveClips(
  id: string,
  { tolerance, clips }: TemporalGolden,
  judge: (windows: readonly Window[]) => Promise<Float32Array>,
): Promise<void> {
  const windows = clips.map(({ rows }) => ({ frames: rows.length, rows: Float32Array.from(rows.flat()) }))
  const logits = await judge(windows)
  const worst = Math.max(...clips.map(({ logit }, i) => Math.abs(logits[i]! - logit)))
  if (worst <= tolerance) return
  throw new UnswapError(
    'model_self_test_failed',
    `The temporal head of ${id} does not reproduce its golden clips on this machine (off by ${worst.toFixed(2)} where ` +
      `${tolerance} is allowed): restore its folder, or update onnxruntime-node.`,
  )
}
