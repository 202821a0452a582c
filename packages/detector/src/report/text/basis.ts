import type { Face, Report } from '@unswap/contract'
import { percent, scoreText } from './number.ts'
import { FAMILY_TEXT, faceName, TEXT } from './wording.ts'

/** The region in which the map is highest, with its mean; null where no region is known. */
export function strongestRegion(face: Face): { name: string; mean: number } | null {
  const regions = Object.entries(face.map?.regions ?? {}).map(([name, mean]) => ({ name, mean }))
  return regions.length === 0 ? null : regions.reduce((a, b) => (b.mean > a.mean ? b : a))
}

/** The face that decided the verdict; null where none did. */
function decidingFace(report: Report): Face | null {
  return report.faces.find((face) => face.id === report.verdict.faceId) ?? null
}

/** Sentences that say what the verdict rests on: the deciding face, its family, its frames and its map. */
export function verdictBasis(report: Report): string[] {
  const face = decidingFace(report)
  if (face === null) {
    const count = report.faces.length
    return count === 0 ? [TEXT.noFaceBasis] : [TEXT.facesFound(count), TEXT.noFaceBasis]
  }
  const sentences = [TEXT.decidedBy(faceName(face.id), scoreText(face.scores.manipulated))]
  const { family } = report.verdict
  if (family !== null) {
    sentences.push(TEXT.familyFlagged(FAMILY_TEXT[family].title, FAMILY_TEXT[family].meaning))
  }
  if (report.media.kind === 'video') sentences.push(TEXT.framesUsed(face.usable, face.observed))
  const region = strongestRegion(face)
  // Where the map is low throughout, its strongest region means nothing.
  if (face.map !== null && region !== null && face.map.peak >= 0.5) {
    sentences.push(TEXT.mapStrongest(region.name, scoreText(region.mean), percent(face.map.area)))
  }
  return sentences
}
