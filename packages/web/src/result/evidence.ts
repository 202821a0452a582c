import type { AnalysisResource } from '@unswap/contract'

/** The address of one of the analysis's pictures, or null when it is not (or no longer) there. */
export function evidenceOf(analysis: AnalysisResource, name: string): string | null {
  return analysis.evidence.find((each) => each.name === name)?.href ?? null
}

export const cropOf = (analysis: AnalysisResource, faceId: string) =>
  evidenceOf(analysis, `${faceId}.crop.jpg`)
export const overlayOf = (analysis: AnalysisResource, faceId: string) =>
  evidenceOf(analysis, `${faceId}.map.png`)
