import { DEFAULT_LIMITS, type Settings, UnswapError } from '@unswap/contract'
import type { Analysis, AnalyzeOptions, Detector, DetectorOptions } from './analysis/options.ts'
import { look } from './analysis/pass.ts'
import { planCloserLook } from './analysis/second-pass.ts'
import { startClock } from './analysis/timings.ts'
import { openClassifiers } from './classifiers/open-classifiers.ts'
import { createScorer, type ScorerOptions } from './classifiers/scorer.ts'
import { openFaces } from './faces/find-faces.ts'
import { readCredentials } from './media/credentials/read-credentials.ts'
import { readTrustList } from './media/credentials/trust-list.ts'
import type { MediaSource } from './media/frame.ts'
import { openMedia } from './media/open-media.ts'
import { loadCalibrations } from './models/calibrations.ts'
import { openTemporalHeads, type TemporalHead } from './temporal/temporal-head.ts'

const DEFAULTS = { sampling: { count: 32, closer: true }, maxFaces: 16, evidenceFrames: 6 } as const

/**
 * Loads and proves the models once; the detector then analyses any number of photographs and videos, also at the
 * same time. Close it when done.
 * @throws UnswapError `model_missing`, `model_invalid`, `model_corrupt`, `model_self_test_failed`,
 *   `calibration_invalid`, `device_unavailable` or `trust_list_invalid`
 */
export async function openDetector(options: DetectorOptions): Promise<Detector> {
  const trustList = options.trustList === undefined ? null : await readTrustList(options.trustList)
  const classifiers = await openClassifiers(options)
  const scorer = createScorer(classifiers, scorerOptions(options))
  let heads: readonly (TemporalHead | null)[] = []
  try {
    const judging = await loadCalibrations(options.modelsDir, classifiers)
    heads = await openTemporalHeads(options.modelsDir, classifiers)
    const faces = await openFaces(options)
    const models = judging.map(({ identity }, i) => {
      const temporal = heads[i]
      return temporal ? { ...identity, temporal: { sha256: temporal.sha256 } } : identity
    })
    const minimumFrames = Math.max(...judging.map(({ calibration }) => calibration?.minimumFrames ?? 1))
    const opened = { faces, scorer, heads, judging, models, minimumFrames }

    async function analyze(source: MediaSource, asked: AnalyzeOptions = {}): Promise<Analysis> {
      const clock = startClock()
      const choices = { ...DEFAULTS, ...asked }
      const limits = { ...DEFAULT_LIMITS, ...asked.limits }
      const deadline = AbortSignal.timeout(limits.seconds * 1000)
      const signal = AbortSignal.any(asked.signal ? [asked.signal, deadline] : [deadline])
      const settings: Settings = {
        sampling: choices.sampling,
        maxFaces: choices.maxFaces,
        flip: options.flip ?? false,
      }
      try {
        const decoder = asked.decoder ?? 'auto'
        const media = await clock.time('media', () => openMedia(source, { limits, decoder, signal }))
        try {
          const { format, bytes } = media.info
          const contentCredentials = await clock.time('media', () =>
            readCredentials(source, { format, bytes, trustList, signal }),
          )
          const { sampling, ...others } = choices
          const options = {
            ...others,
            settings,
            contentCredentials,
            clock,
            signal,
            mostFrames: limits.frames,
          }
          const first = await look(media, sampling, opened, options)
          const closer = planCloserLook(first.report, { minimumFrames, mostFrames: limits.frames })
          const framesBefore = first.report.frames.length
          const seen = closer ? await look(media, closer, opened, { ...options, framesBefore }) : first
          return { ...seen, timings: clock.read() }
        } finally {
          await media.close()
        }
      } catch (error) {
        throw asked.signal?.aborted || !deadline.aborted
          ? ended(error, asked.signal)
          : outOfTime(limits.seconds, error)
      }
    }

    return {
      models,
      analyze,
      async close() {
        await Promise.all([faces.close(), scorer.close(), ...heads.map((head) => head?.close())])
      },
    }
  } catch (error) {
    await Promise.all([scorer.close(), ...heads.map((head) => head?.close())])
    throw error
  }
}

const scorerOptions = ({ batch, flip, onBatch }: DetectorOptions): ScorerOptions => ({
  ...(batch === undefined ? {} : { batch }),
  ...(flip === undefined ? {} : { flip }),
  ...(onBatch === undefined ? {} : { onBatch }),
})

/** Whatever a stage made of the abort, the caller is told that it was his. */
function ended(error: unknown, signal: AbortSignal | undefined): unknown {
  if (!signal?.aborted || (error instanceof UnswapError && error.code === 'cancelled')) return error
  return new UnswapError('cancelled', 'The analysis was cancelled.', { cause: error })
}

const outOfTime = (seconds: number, cause: unknown): UnswapError =>
  new UnswapError(
    'limit_time',
    `The analysis took longer than ${seconds} s: analyse fewer frames, or raise the limit.`,
    { cause },
  )
