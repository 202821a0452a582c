import { type Detector, openDetector } from '@unswap/detector'
import { prepareEvidence } from '../evidence/prepare-evidence.ts'
import type { Analyzer, AnalyzerOptions, OpenAnalyzer, Task } from './analyzer.ts'

/** Detectors kept for choices other than the service’s own; each holds its models in memory. */
const MOST_OTHERS = 1

/** What distinguishes one detector from another. */
interface Choice {
  readonly models: readonly string[] | null
  readonly flip: boolean
}

interface Kept {
  readonly detector: Promise<Detector>
  users: number
}

/** The detector as an analysing process runs it. Tasks with the service’s own choices share one set of models. */
export const openAnalyzer: OpenAnalyzer = async (options, onBatch) => {
  const open = ({ models, flip }: Choice) => {
    const { modelsDir, device, threads, remote, trustList } = options
    const wanted = models ?? options.models
    return openDetector({
      modelsDir,
      device,
      threads,
      flip,
      onBatch,
      ...(remote && { remote }),
      ...(trustList && { trustList }),
      ...(wanted.length > 0 && { models: wanted }),
    })
  }
  const own: Choice = { models: null, flip: options.flip }
  const main = await open(own)
  const others = new Map<string, Kept>()

  const borrow = async <T>(choice: Choice, use: (detector: Detector) => Promise<T>): Promise<T> => {
    const key = JSON.stringify([choice.models?.toSorted() ?? null, choice.flip])
    if (key === JSON.stringify([null, own.flip])) return use(main)
    const kept = others.get(key) ?? { detector: open(choice), users: 0 }
    others.set(key, kept)
    kept.users++
    try {
      return await use(await kept.detector)
    } catch (thrown) {
      // A set that could not be opened is not kept as such.
      void kept.detector.catch(() => others.delete(key))
      throw thrown
    } finally {
      kept.users--
      await closeIdle()
    }
  }
  const closeIdle = async () => {
    for (const [key, { users, detector }] of others) {
      if (others.size <= MOST_OTHERS) return
      if (users > 0) continue
      others.delete(key)
      await (await detector).close()
    }
  }

  return {
    models: main.models,
    analyze: (task, context) =>
      borrow({ models: task.models, flip: task.settings.flip }, (detector) =>
        analyze(detector, task, context, options),
      ),
    async close() {
      await main.close()
      await Promise.all([...others.values()].map(async ({ detector }) => (await detector).close()))
    },
  }
}

async function analyze(
  detector: Detector,
  task: Task,
  { signal, onProgress }: Parameters<Analyzer['analyze']>[1],
  { limits, evidenceFrames }: AnalyzerOptions,
) {
  const analysis = await detector.analyze(
    { path: task.path },
    {
      sampling: task.settings.sampling,
      maxFaces: task.settings.maxFaces,
      limits,
      signal,
      onProgress,
      evidenceFrames: task.evidence ? evidenceFrames : 0,
    },
  )
  const start = performance.now()
  const evidence = task.evidence ? await prepareEvidence(analysis) : []
  const preparing = performance.now() - start
  const { report, total, ...stages } = analysis.timings
  return {
    report: analysis.report,
    timings: { ...stages, report: report + preparing, total: total + preparing },
    evidence,
  }
}
