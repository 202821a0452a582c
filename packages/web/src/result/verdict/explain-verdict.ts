import type { AnalysisResource, Report } from '@unswap/contract'
import { faceNumber, percent } from '../../format.ts'
import { text } from '../../text/text.ts'
import { isJudged } from '../face/is-judged.ts'

const t = text.explanation

/** Where the peak of the map is below this, its strongest region is not named: the map is low everywhere. */
const SMALLEST_PEAK = 0.5

/** Sentences on what the verdict rests on: the deciding face, its family, its frames, the strongest region. */
export function basisOf(report: Report): string[] {
  const face = report.faces.find((each) => each.id === report.verdict.faceId)
  if (!face || (report.verdict.probability === null && !isJudged(face)))
    return [report.faces.length === 0 ? t.noFaces : t.nothingJudged]
  const number = faceNumber(face.id)
  const sentences = [
    report.faces.length === 1
      ? t.oneFace(face.scores.manipulated.toFixed(2))
      : t.decided(number, report.faces.length, face.scores.manipulated.toFixed(2)),
  ]
  if (report.verdict.family) sentences.push(t.families[report.verdict.family])
  if (report.media.kind === 'video')
    sentences.push(t.frames(face.observed, report.frames.length, face.usable))
  const strongest = Object.entries(face.map?.regions ?? {}).toSorted(([, a], [, b]) => b - a)[0]
  if (face.map && strongest && face.map.peak >= SMALLEST_PEAK) {
    sentences.push(t.where(strongest[0], percent(face.map.area)))
  }
  return sentences
}

/** What one can do where there is no probability. */
export function adviceFor(report: Report): string[] {
  const codes = [report.verdict, ...report.faces.map((face) => face.verdict)].flatMap(({ reasons }) =>
    reasons.map(({ code }) => code),
  )
  const known: Partial<Record<string, string>> = t.advice
  const advice = [...new Set(codes.map((code) => known[code]).filter((each) => each !== undefined))]
  return advice.length ? advice : [t.adviceAny]
}

/** Sentences on what limits the verdict. There is always at least one. */
export function doubtsOf(report: Report): string[] {
  const doubts = report.verdict.reasons.map(({ message, faceId }) =>
    faceId && report.faces.length > 1 ? `${text.result.face(faceNumber(faceId))}: ${message}` : message,
  )
  const provisional = report.models.some((model) => model.calibration.status === 'provisional')
  if (provisional && report.verdict.probability !== null) doubts.push(t.provisional)
  if (report.verdict.band === 'likely_authentic') doubts.push(t.unseen)
  return doubts.length ? doubts : [t.limits]
}

/** The result in a few lines, for a message or a note beside the picture. */
export function summaryOf(analysis: AnalysisResource, report: Report, address: string): string {
  const { band, probability, interval } = report.verdict
  const lines = [
    `${text.name}: ${text.bands[analysis.override ?? band]}${analysis.override ? ` (${text.result.override.toLowerCase()})` : ''}`,
    ...(analysis.name ? [analysis.name] : []),
    ...(analysis.override ? [`${text.result.machine}: ${text.bands[band]}`] : []),
    probability === null
      ? text.result.noProbability
      : `${text.result.probability}: ${percent(probability)}${interval ? ` (${t.between(percent(interval[0]), percent(interval[1]))})` : ''}`,
    ...basisOf(report),
    ...doubtsOf(report),
    `SHA-256 ${report.media.sha256}`,
    address,
  ]
  return lines.join('\n')
}
