import type { Report, UnswapError } from '@unswap/contract'

/**
 * What became of one input. `unsaved`: why its page or pictures could not be written. `skipped`: a file of a folder that
 * is neither photograph nor video.
 */
export type AnalyzeResult =
  | {
      readonly kind: 'report'
      readonly path: string
      readonly report: Report
      readonly unsaved?: UnswapError
    }
  | { readonly kind: 'error'; readonly path: string; readonly error: UnswapError }
  | { readonly kind: 'skipped'; readonly path: string; readonly error: UnswapError }
