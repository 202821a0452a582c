import type { Report } from '@unswap/contract'
import type { Picture } from '../../media/frame.ts'

/** A kept frame. It is scaled down by `scale` (0..1) from the analysed one, so that memory stays bounded. */
export interface EvidenceFrame {
  /** Index into `report.frames`. */
  readonly frame: number
  readonly seconds: number
  readonly scale: number
  readonly picture: Picture
}

/** The most suspicious crop of a face: upright RGB, and its manipulation map as probabilities 0..1. */
export interface EvidenceFace {
  readonly faceId: string
  /** Index into `report.frames`. */
  readonly frame: number
  readonly crop: Picture
  readonly map: { readonly size: number; readonly probabilities: Float32Array } | null
}

/** Pictures behind a report: frames most suspicious first, one crop per face in the order of `report.faces`. */
export interface Evidence {
  readonly frames: readonly EvidenceFrame[]
  readonly faces: readonly EvidenceFace[]
}

/** What pictures and pages are rendered from. */
export interface ReportWithEvidence {
  readonly report: Report
  readonly evidence: Evidence
}
