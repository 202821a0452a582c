import { type Detector, openDetector } from '@unswap/detector'
import { prepareEvidence } from '../evidence/prepare-evidence.ts'
import type { Analyzer, AnalyzerOptions, OpenAnalyzer, Task } from './analyzer.ts'

/** The detector as an analysing process runs it: one set of models in memory, from which each task may choose. */
export const openAnalyzer: OpenAnalyzer = async (options, onBatch) => {
  const { modelsDir, models, device, threads, remote, trustList } = options
  const detector = await openDetector({
    modelsDir,
    device,
    threads,
    onBatch,
    ...(remote && { remote }),
    ...(trustList && { trustList }),
    ...(models.length > 0 && { models }),
  })
  return {
    models: detector.models,
    analyze: (task, context) => analyze(detector, task, context, options),
    close: () => detector.close(),
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
      flip: task.settings.flip,
      ...(task.models && { models: task.models }),
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
