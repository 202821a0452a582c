import type { Report } from '@unswap/contract'
import type { ReportWithEvidence } from '../evidence/evidence.ts'
import { type EvidenceFile, renderEvidence } from '../evidence/render-evidence.ts'
import { type Markup, markup } from '../text/markup.ts'
import { BAND_TEXT, TEXT } from '../text/wording.ts'
import { renderFaces } from './face-section.ts'
import { renderCredentials, renderLimits, renderMedia, renderMethod } from './facts-section.ts'
import { findFile, renderFigure } from './picture-section.ts'
import { STYLE } from './style.ts'
import { renderVerdict } from './verdict-section.ts'

export interface HtmlOptions {
  /** What the user calls the media; a report itself knows no names. */
  readonly name?: string
  /** Pictures to put into the page, from `renderEvidence`; they are rendered when this is left out. */
  readonly files?: readonly EvidenceFile[]
}

// Should markup from the media get through the escaping, the page still runs and fetches nothing.
const POLICY =
  "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

function renderPictures(report: Report, files: readonly EvidenceFile[]): Markup | null {
  const { kind } = report.media
  const whole = renderFigure(findFile(files, 'annotated', null), {
    alt: TEXT.pictureAlt(kind, report.faces.length),
    caption: report.faces.length === 0 ? null : TEXT.pictureCaption,
    kind: 'wide',
  })
  const sheet = renderFigure(findFile(files, 'contact_sheet', null), {
    alt: TEXT.contactSheetAlt,
    caption: null,
    kind: 'wide sheet',
  })
  if (whole === null && sheet === null) return null
  return markup`<section aria-labelledby="picture"><h2 id="picture">${TEXT.picture[kind]}</h2>${whole}</section>
${sheet !== null && markup`<section aria-labelledby="sheet"><h2 id="sheet">${TEXT.contactSheet}</h2>${sheet}</section>`}`
}

/**
 * One HTML page with everything of a report: it asks for nothing outside itself, runs no script, adapts to phone,
 * dark mode and A4 paper, and is the same for the same analysis.
 */
export async function renderHtml(
  analysis: Pick<ReportWithEvidence, 'report'> & Partial<ReportWithEvidence>,
  options: HtmlOptions = {},
): Promise<string> {
  const { report, evidence = { frames: [], faces: [] } } = analysis
  const files = options.files ?? (await renderEvidence({ report, evidence }))
  const name = options.name ?? null
  const title = `${BAND_TEXT[report.verdict.band].title} · ${name === null ? '' : `${name} · `}${TEXT.title}`
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>${{ markup: STYLE }}</style>
</head>
<body>
<header><p class="brand">${TEXT.product}<span>${TEXT.report}</span></p><p class="subject">${name ?? ''}</p></header>
<main>
${renderVerdict(report)}
${renderPictures(report, files)}
${renderFaces(report, files)}
${renderMedia(report, name)}
${renderCredentials(report)}
${renderMethod(report)}
${renderLimits()}
</main>
<footer><p>${TEXT.colophon}</p></footer>
</body>
</html>
`
  return page.markup
}
