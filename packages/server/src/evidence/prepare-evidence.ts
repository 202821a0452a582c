import { type Analysis, listEvidence, packEvidence } from '@unswap/detector'
import type { EvidenceBytes } from '../worker/analyzer.ts'

/** The name of what the other evidence is rendered from; nothing is served under it. */
export const PACKED_EVIDENCE = 'packed'

export const REPORT_PAGE = 'report.html'

/**
 * What is kept of an analysis so that its pictures and page can be rendered when somebody asks for them; most never are
 * asked for, and rendering them takes as long as the analysis of a small photograph.
 */
export async function prepareEvidence(analysis: Analysis): Promise<EvidenceBytes[]> {
  const later = [...listEvidence(analysis), { name: REPORT_PAGE, type: 'text/html' }]
  return [
    { name: PACKED_EVIDENCE, type: 'application/octet-stream', bytes: await packEvidence(analysis.evidence) },
    ...later.map((file) => ({ ...file, bytes: null })),
  ]
}
