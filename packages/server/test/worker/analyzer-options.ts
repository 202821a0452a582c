import { DEFAULT_LIMITS } from '@unswap/contract'
import type { AnalyzerOptions } from '../../src/worker/analyzer.ts'

/** The stand-in for the detector. */
export const FAKE = new URL('./fake-analyzer.ts', import.meta.url)

export const ANALYZER: AnalyzerOptions = {
  modelsDir: 'models',
  models: [],
  device: 'cpu',
  threads: 1,
  remote: null,
  limits: DEFAULT_LIMITS,
  evidenceFrames: 6,
}
