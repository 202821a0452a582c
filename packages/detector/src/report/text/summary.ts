import type { Band, Face, Reason, Report } from '@unswap/contract'
import { probabilityBasis, verdictBasis } from './basis.ts'
import { describeCredentials } from './credentials-text.ts'
import { byteSize, chance, scoreText, timecode } from './number.ts'
import { BAND_TEXT, CREDENTIALS_TEXT, FAMILY_TEXT, faceName, KIND_TEXT, TEXT } from './wording.ts'

/** Faces that a line names; more are counted. */
const MOST_NAMES = 3

/** One line for a terminal. `role` and `band` say how to colour it; `text` has no colour and no line feed. */
export interface SummaryLine {
  readonly role: 'verdict' | 'probability' | 'media' | 'basis' | 'doubt' | 'face' | 'note' | 'caution'
  readonly band: Band | null
  readonly text: string
}

function describeMedia({ media, frames }: Report): string {
  const parts = [
    `${KIND_TEXT[media.kind]} (${media.format})`,
    TEXT.pixels(media.width, media.height),
    byteSize(media.bytes),
  ]
  if (media.kind === 'video') {
    if (media.durationSeconds !== null) parts.push(timecode(media.durationSeconds))
    parts.push(`${frames.length} frames analysed`)
  }
  return parts.join(' · ')
}

function describeFace(face: Face, video: boolean): string {
  const { verdict } = face
  const parts = [BAND_TEXT[verdict.band].title, `score ${scoreText(face.scores.manipulated)}`]
  if (verdict.probability !== null) parts.push(`probability ${chance(verdict.probability)}`)
  if (verdict.family !== null) parts.push(FAMILY_TEXT[verdict.family].title.toLowerCase())
  if (video) {
    parts.push(`${timecode(face.firstSeconds)}–${timecode(face.lastSeconds)}`)
    parts.push(`${TEXT.usableOf(face.usable, face.observed)} frames usable`)
  }
  return `${faceName(face.id)}: ${parts.join(' · ')}`
}

/** Each reason once, with the faces that it holds for: a crowd would else repeat it by the dozen. */
function doubtsOf(reasons: readonly Reason[]): string[] {
  const faces = new Map<string, string[]>()
  for (const { message, faceId } of reasons) {
    faces.set(message, [...(faces.get(message) ?? []), ...(faceId === undefined ? [] : [faceName(faceId)])])
  }
  return [...faces].map(([message, names]) => {
    if (names.length === 0) return message
    return `${names.length > MOST_NAMES ? `${names.length} ${TEXT.faces.toLowerCase()}` : names.join(', ')}: ${message}`
  })
}

/**
 * A report in a few plain lines: the verdict with its probability, the media, what the verdict rests on, and why it is
 * not more certain. Then come at most `mostFaces` faces, most suspicious first, and notes.
 */
export function describeReport(report: Report, mostFaces = 8): SummaryLine[] {
  const { verdict } = report
  const lines: SummaryLine[] = []
  // Names and messages may hold anything; a line must stay one line and must not steer a terminal.
  const add = (role: SummaryLine['role'], text: string, band: Band | null = null) =>
    lines.push({ role, band, text: text.replace(/\p{Cc}+/gu, ' ') })
  const { title, sentence } = BAND_TEXT[verdict.band]
  add('verdict', `${title}. ${sentence}`, verdict.band)
  if (verdict.probability === null) {
    add('probability', TEXT.noProbability)
  } else {
    const interval =
      verdict.interval === null
        ? ''
        : ` (${TEXT.interval(chance(verdict.interval[0]), chance(verdict.interval[1]))})`
    add('probability', `${TEXT.probability} of manipulation: ${chance(verdict.probability)}${interval}`)
  }
  if (
    verdict.probability !== null &&
    report.models.some((model) => model.calibration.status === 'provisional')
  )
    add('caution', TEXT.provisional)
  add('media', describeMedia(report))
  for (const text of [...verdictBasis(report), ...probabilityBasis(report)]) add('basis', text)
  for (const doubt of doubtsOf(verdict.reasons)) add('doubt', doubt)
  for (const face of report.faces.slice(0, mostFaces)) {
    add('face', describeFace(face, report.media.kind === 'video'), face.verdict.band)
  }
  const hidden = report.faces.length - mostFaces
  if (hidden > 0) add('note', `${hidden} more ${hidden === 1 ? 'face' : 'faces'} in the full report.`)
  const told = new Set(verdict.reasons.map(({ code, faceId }) => `${code} ${faceId}`))
  for (const { code, message, faceId } of report.notes) {
    if (told.has(`${code} ${faceId}`)) continue
    add('note', faceId === undefined ? message : `${faceName(faceId)}: ${message}`)
  }
  const { contentCredentials: credentials, signature } = report
  if (credentials && credentials.state !== 'none') {
    const sentences = [...describeCredentials(credentials), CREDENTIALS_TEXT.apart]
    add('note', `${CREDENTIALS_TEXT.title}: ${sentences.join(' ')}`)
  }
  if (signature) add('note', `${TEXT.signature}: ${TEXT.signatureBy(signature.keyId, signature.signedAt)}`)
  return lines
}
