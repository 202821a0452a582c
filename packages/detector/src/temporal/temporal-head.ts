import { join } from 'node:path'
import { type ClassifierManifest, type TemporalMeasure, UnswapError } from '@unswap/contract'
import { readGoldenClips } from '../models/goldens.ts'
import { openSession, type Session } from '../onnx/session.ts'
import { readVerified } from '../onnx/weights.ts'
import { proveClips } from './prove-clips.ts'
import { rowWidth } from './row.ts'
import type { Sequence, Window } from './sequence.ts'

/** A classifier's temporal head that has reproduced its golden clips here. */
export interface TemporalHead {
  /** Id of the classifier. */
  readonly model: string
  readonly sha256: string
  /** Most rows of a window. */
  readonly frames: number
  /** Logit of `manipulated` for each window. */
  judge(windows: readonly Window[]): Promise<Float32Array>
  close(): Promise<void>
}

/**
 * The temporal heads of classifiers, in their order; null for a classifier that has none. A head is small: it runs here,
 * on one thread, whatever the classifiers run on.
 * @throws UnswapError `model_missing`, `model_invalid`, `model_corrupt` or `model_self_test_failed`
 */
export async function openTemporalHeads(
  modelsDir: string,
  classifiers: readonly { readonly manifest: ClassifierManifest }[],
): Promise<(TemporalHead | null)[]> {
  const opened: (TemporalHead | null)[] = []
  try {
    for (const { manifest } of classifiers) {
      opened.push(manifest.temporal ? await openHead(modelsDir, manifest, manifest.temporal) : null)
    }
    return opened
  } catch (error) {
    await Promise.all(opened.map((head) => head?.close()))
    throw error
  }
}

async function openHead(
  modelsDir: string,
  { id, outputs }: ClassifierManifest,
  { file, sha256, frames }: NonNullable<ClassifierManifest['temporal']>,
): Promise<TemporalHead> {
  const width = rowWidth(outputs.features?.size ?? 0)
  const golden = await readGoldenClips(modelsDir, id, width)
  const session = await openSession(await readVerified(join(modelsDir, id, file), sha256), { threads: 1 })
  const judge = (windows: readonly Window[]) => run(session, id, windows, width)
  try {
    checkNames(id, session)
    await proveClips(id, golden, judge)
  } catch (error) {
    await session.close()
    throw error
  }
  return { model: id, sha256, frames, judge, close: () => session.close() }
}

function checkNames(id: string, { inputs, outputs }: Session): void {
  if (inputs.toSorted().join() === 'mask,rows' && outputs.join() === 'logit') return
  throw new UnswapError(
    'model_invalid',
    `The temporal head of ${id} has the inputs ${inputs.join(', ')} and the outputs ${outputs.join(', ')} instead of ` +
      'rows, mask and logit: export it again.',
  )
}

/** @throws UnswapError `inference_failed` rather than a logit that is no number */
async function run(
  session: Session,
  id: string,
  windows: readonly Window[],
  width: number,
): Promise<Float32Array> {
  const longest = Math.max(...windows.map(({ frames }) => frames))
  const rows = new Float32Array(windows.length * longest * width)
  const mask = new Float32Array(windows.length * longest)
  windows.forEach((window, i) => {
    rows.set(window.rows, i * longest * width)
    mask.fill(1, i * longest, i * longest + window.frames)
  })
  const { logit } = await session.run({
    rows: { data: rows, dims: [windows.length, longest, width] },
    mask: { data: mask, dims: [windows.length, longest] },
  })
  if (logit?.data.length === windows.length && logit.data.every(Number.isFinite)) return logit.data
  throw new UnswapError(
    'inference_failed',
    `The temporal head of ${id} gave a result that is not a number. Check the machine with \`unswap doctor\`.`,
  )
}

/**
 * What each head says of one track: the mean of its logits over the windows. It is evidence and never changes the
 * verdict, because a head has no calibration.
 * @param sequences in the order of the heads
 */
export async function judgeMotion(
  heads: readonly (TemporalHead | null)[],
  sequences: readonly (Sequence | null)[],
): Promise<TemporalMeasure[]> {
  const measures = heads.map(async (head, i): Promise<TemporalMeasure[]> => {
    const windows = sequences[i]?.windows() ?? []
    if (!head || windows.length === 0) return []
    const logits = await head.judge(windows)
    const samples = windows.reduce((sum, { frames }) => sum + frames, 0)
    const value = logits.reduce((sum, logit) => sum + logit, 0) / logits.length
    return [
      {
        id: 'temporal_head',
        model: head.model,
        value,
        unit: 'logit',
        meaning: meaningOf(head, samples),
        samples,
      },
    ]
  })
  return (await Promise.all(measures)).flat()
}

const meaningOf = ({ model }: TemporalHead, samples: number): string =>
  `What the temporal head of ${model} makes of ${samples} frames: above 0 is more like the forged clips that it learnt ` +
  'from, below 0 more like the real ones. Not calibrated; the verdict does not rest on it.'
