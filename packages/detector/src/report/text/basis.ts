import type { Face, JudgedBands, Report } from '@unswap/contract'
import { fineShare, percent, scoreText } from './number.ts'
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

/** Where the bands begin that the verdict's probability was compared with; null in reports that do not tell. */
export const verdictBands = (report: Report): JudgedBands | null => decidingFace(report)?.bands ?? null

/** Bands in words, with the rate of false alarms where it is known. */
export const describeBands = ({ authentic, manipulated, falsePositiveRate }: JudgedBands): string =>
  [
    TEXT.bandsBegin(percent(authentic), percent(manipulated)),
    ...(falsePositiveRate === undefined ? [] : [TEXT.falseAlarms(`${fineShare(falsePositiveRate)}%`)]),
  ].join(' ')

/** Sentences that say what the probability assumes, and which probability gives which verdict. */
export function probabilityBasis(report: Report): string[] {
  if (report.verdict.probability === null) return []
  const prior = assumedPrior(report)
  const bands = verdictBands(report)
  return [
    ...(prior === null ? [] : [TEXT.assumedShare(fineShare(prior))]),
    ...(bands === null ? [] : [describeBands(bands)]),
  ]
}

/** The share of manipulated media that the models assume: as for probabilities, the mean of their log-odds. */
function assumedPrior({ models }: Report): number | null {
  const priors = models.flatMap(({ calibration }) => calibration.prior ?? [])
  if (priors.length === 0 || priors.length < models.length) return null
  const odds = priors.reduce((product, prior) => product * (prior / (1 - prior)), 1) ** (1 / priors.length)
  return odds / (1 + odds)
}
