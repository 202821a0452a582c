import { type Analysis, listEvidence, packEvidence } from '@unswap/detector'
import type { EvidenceBytes } from '../worker/analyzer.ts'

/** Name of the packed frames and crops that all other evidence is rendered from. It is never served itself. */
export const PACKED_EVIDENCE = 'packed'

export const REPORT_PAGE = 'report.html'

/**
 * What is stored so that pictures and page can be rendered later. Most are never asked for, and rendering takes as
 * long as analysing a small photograph.
 */
export async function prepareEvidence(analysis: Analysis): Promise<EvidenceBytes[]> {
  const later = [...listEvidence(analysis), { name: REPORT_PAGE, type: 'text/html' }]
  return [
    { name: PACKED_EVIDENCE, type: 'application/octet-stream', bytes: await packEvidence(analysis.evidence) },
    ...later.map((file) => ({ ...file, bytes: null })),
  ]
}
