import type { Report, Sampling } from '@unswap/contract'
import { describeBands } from '../text/basis.ts'
import { describeCredentials } from '../text/credentials-text.ts'
import { type Markup, markup } from '../text/markup.ts'
import { byteSize, fineShare, measure, timecode } from '../text/number.ts'
import { CREDENTIALS_TEXT, KIND_TEXT, TEXT } from '../text/wording.ts'
import { list } from './verdict-section.ts'

type Fact = readonly [name: string, value: string | Markup | null]

const facts = (rows: readonly Fact[]) =>
  markup`<dl>${rows.flatMap(([name, value]) => (value === null ? [] : [markup`<dt>${name}</dt><dd>${value}</dd>`]))}</dl>`

const hash = (value: string) => markup`<code>${value}</code>`

/** What is known of the media itself. */
export function renderMedia(report: Report, name: string | null): Markup {
  const { media, frames, cuts } = report
  const video = media.kind === 'video'
  return markup`<section aria-labelledby="media">
<h2 id="media">${TEXT.media}</h2>
${facts([
  [TEXT.name, name],
  [TEXT.kind, KIND_TEXT[media.kind]],
  [TEXT.format, media.format],
  [TEXT.size, TEXT.pixels(media.width, media.height)],
  [TEXT.bytes, byteSize(media.bytes)],
  [TEXT.codec, media.codec],
  [TEXT.duration, media.durationSeconds === null ? null : timecode(media.durationSeconds)],
  [TEXT.frameRate, media.frameRate === null ? null : TEXT.framesPerSecond(measure(media.frameRate))],
  [TEXT.frameCount, media.frameCount === null ? null : String(media.frameCount)],
  [TEXT.framesAnalysed, video ? String(frames.length) : null],
  [TEXT.cuts, video ? cutTimes(cuts) : null],
  [TEXT.rotation, media.rotation === 0 ? null : `${media.rotation}°`],
  [TEXT.decoder, media.decoder],
  [TEXT.sha256, hash(media.sha256)],
])}
</section>`
}

/** What content credentials say; nothing for reports of before they were read. */
export function renderCredentials({ contentCredentials: credentials }: Report): Markup | null {
  if (credentials === undefined) return null
  return markup`<section aria-labelledby="credentials">
<h2 id="credentials">${CREDENTIALS_TEXT.title}</h2>
${list(describeCredentials(credentials))}
${credentials.state !== 'none' && markup`<p class="note">${CREDENTIALS_TEXT.apart}</p>`}
</section>`
}

function cutTimes(cuts: readonly number[]): string {
  const shown = cuts.slice(0, 12).map((seconds) => timecode(seconds))
  if (cuts.length > shown.length) shown.push('…')
  return cuts.length === 0 ? '0' : `${cuts.length} (${shown.join(', ')})`
}

function samplingText(sampling: Sampling): string {
  if ('count' in sampling)
    return sampling.closer ? TEXT.samplingCloser(sampling.count) : TEXT.samplingCount(sampling.count)
  if ('fps' in sampling) return TEXT.samplingFps(measure(sampling.fps))
  return TEXT.samplingAll
}

/** Models with their calibration, settings, versions and hashes: what it takes to repeat the analysis. */
export function renderMethod(report: Report): Markup {
  const { settings, models, signature } = report
  return markup`<section aria-labelledby="method">
<h2 id="method">${TEXT.method}</h2>
${facts([
  [TEXT.version, report.version],
  [TEXT.schema, report.schema],
  [TEXT.sampling, report.media.kind === 'video' ? samplingText(settings.sampling) : null],
  [TEXT.maxFaces, String(settings.maxFaces)],
  [TEXT.facesLeftOut, String(report.facesLeftOut)],
  [TEXT.flip, settings.flip ? TEXT.yes : TEXT.no],
  [
    TEXT.signature,
    signature === undefined
      ? null
      : markup`<code>${TEXT.signatureBy(signature.keyId, signature.signedAt)}</code>. ${TEXT.signatureMeaning}`,
  ],
])}
${models.map(
  ({ id, variant, sha256, calibration }) => markup`<div class="models"><h3>${TEXT.model} ${id}</h3>
${facts([
  [TEXT.variant, variant],
  [TEXT.sha256, hash(sha256)],
  [TEXT.calibration, TEXT.calibrationStatus[calibration.status]],
  [TEXT.fittedOn, calibration.fittedOn],
  [TEXT.prior, calibration.prior === undefined ? null : `${fineShare(calibration.prior)}%`],
  [TEXT.bands, calibration.bands === undefined ? null : describeBands(calibration.bands)],
  [TEXT.calibrationHash, hash(calibration.sha256)],
])}</div>`,
)}
<p class="note" style="margin-top:1rem">${TEXT.repeat}</p>
</section>`
}

/** What the method cannot do. */
export const renderLimits = (): Markup =>
  markup`<section aria-labelledby="limits"><h2 id="limits">${TEXT.limits}</h2>${list(TEXT.limitList)}</section>`
