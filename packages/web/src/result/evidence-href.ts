import type { AnalysisResource, EvidenceLink } from '@unswap/contract'

/** The address of one of the analysis's pictures, or null when it is not (or no longer) there. */
export function evidenceHref(
  analysis: AnalysisResource,
  role: EvidenceLink['role'],
  faceId: string | null = null,
): string | null {
  return analysis.evidence.find((each) => each.role === role && each.faceId === faceId)?.href ?? null
}
