import { DEFAULT_LIMITS, UnswapError } from '@unswap/contract'
import { analyze } from './analysis/analyze.ts'
import type { Opened } from './analysis/opened.ts'
import {
  type AnalyzeOptions,
  type Detector,
  type DetectorOptions,
  resolveOptions,
} from './analysis/options.ts'
import { openClassifiers } from './classifiers/open-classifiers.ts'
import { createScorer } from './classifiers/scorer.ts'
import { openFaces } from './faces/find-faces.ts'
import { readTrustList } from './media/credentials/trust-list.ts'
import { loadCalibrations } from './models/calibrations.ts'
import { openTemporalHeads, type TemporalHead } from './temporal/temporal-head.ts'

/**
 * Loads and proves the models once; the detector then analyses any number of photographs and videos, also at the
 * same time. Close it when done.
 * @throws UnswapError `model_missing`, `model_invalid`, `model_corrupt`, `model_self_test_failed`,
 *   `calibration_invalid`, `device_unavailable` or `trust_list_invalid`
 */
export async function openDetector(options: DetectorOptions): Promise<Detector> {
  const trustList = options.trustList === undefined ? null : await readTrustList(options.trustList)
  const classifiers = await openClassifiers(options)
  const scorer = createScorer(classifiers, options)
  let heads: readonly (TemporalHead | null)[] = []
  const close = (): Promise<unknown> => Promise.all([scorer.close(), ...heads.map((head) => head?.close())])
  try {
    const calibrated = await loadCalibrations(options.modelsDir, classifiers)
    heads = await openTemporalHeads(options.modelsDir, classifiers)
    const faces = await openFaces(options)
    const opened: Opened = {
      faces,
      scorer,
      classifiers: calibrated.map(({ identity, ...judging }, i) => {
        const head = heads[i] ?? null
        const temporal = head && { temporal: { sha256: head.sha256 } }
        const { margin, size } = classifiers[i]!.manifest.input
        return { ...judging, identity: { ...identity, ...temporal }, input: { margin, size }, head }
      }),
      trustList,
    }
    return {
      models: opened.classifiers.map(({ identity }) => identity),
      analyze: (source, asked = {}) =>
        withinTime(asked, (signal) => analyze(source, opened, resolveOptions(asked, signal))),
      async close() {
        await Promise.all([faces.close(), close()])
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}

/**
 * Runs an analysis with a signal that aborts when the caller's does, and when the time is up.
 * @throws UnswapError `cancelled` or `limit_time`, whatever a stage made of the abort
 */
async function withinTime<T>(
  { limits, signal: caller }: AnalyzeOptions,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const seconds = limits?.seconds ?? DEFAULT_LIMITS.seconds
  const deadline = AbortSignal.timeout(seconds * 1000)
  try {
    return await run(AbortSignal.any(caller ? [caller, deadline] : [deadline]))
  } catch (cause) {
    if (cause instanceof UnswapError && cause.code === 'cancelled' && caller?.aborted) throw cause
    if (caller?.aborted) throw new UnswapError('cancelled', 'The analysis was cancelled.', { cause })
    if (!deadline.aborted) throw cause
    throw new UnswapError(
      'limit_time',
      `The analysis took longer than ${seconds} s: analyse fewer frames, or raise the limit.`,
      { cause },
    )
  }
}
