import type { Band, JudgedBands, Reason, Report, Verdict } from '@unswap/contract'
import { bandShape } from '../drawing/marks.ts'
import { probabilityBasis, verdictBands, verdictBasis } from '../text/basis.ts'
import { type Markup, markup } from '../text/markup.ts'
import { chance } from '../text/number.ts'
import { BAND_TEXT, faceName, TEXT } from '../text/wording.ts'

/** The shape of a band, beside a word that says the same. */
export const symbol = (band: Band): Markup =>
  markup`<svg class="symbol" viewBox="0 0 16 16" aria-hidden="true"><path d="${bandShape(band, 8, 8, 14)}"/></svg>`

/** A list of sentences. */
export const list = (sentences: readonly string[]): Markup =>
  markup`<ul>${sentences.map((sentence) => markup`<li>${sentence}</li>`)}</ul>`

/** Reasons as sentences, each with the face that it concerns. */
export const reasonSentences = (reasons: readonly Reason[]): string[] =>
  reasons.map(({ message, faceId }) => (faceId === undefined ? message : `${faceName(faceId)}: ${message}`))

/** The probability on a line from 0 to 100 %, with its interval and, below, the bands. Said in words beside it, so hidden from readers. */
function drawScale(probability: number, interval: Verdict['interval'], bands: JudgedBands | null): Markup {
  const x = (share: number) => `${(1 + 98 * share).toFixed(2)}%`
  const zone = (band: Band, from: number, to: number) =>
    markup`<line class="zone ${band}" x1="${x(from)}" x2="${x(to)}" y1="31" y2="31"/>`
  return markup`<svg class="scale" aria-hidden="true">${
    bands && [zone('likely_authentic', 0, bands.authentic), zone('likely_manipulated', bands.manipulated, 1)]
  }<line class="track" x1="1%" x2="99%" y1="18" y2="18"/>${
    interval !== null &&
    markup`<line class="interval" x1="${x(interval[0])}" x2="${x(interval[1])}" y1="18" y2="18"/>`
  }<circle class="point" cx="${x(probability)}" cy="18" r="9"/>${[0, 0.25, 0.5, 0.75, 1].map(
    (share) =>
      markup`<text x="${x(share)}" y="48" text-anchor="${share === 0 ? 'start' : share === 1 ? 'end' : 'middle'}">${share * 100}%</text>`,
  )}</svg>`
}

function renderEstimate(report: Report): Markup {
  const { media, verdict } = report
  const { probability, interval } = verdict
  if (probability === null) {
    return markup`<div class="estimate"><p class="explain">${TEXT.noProbability}</p></div>`
  }
  return markup`<div class="estimate ${verdict.band}">
<p class="figure">${chance(probability)}<small>${TEXT.probabilityOf}</small></p>
${drawScale(probability, interval, verdictBands(report))}
<div class="explain" style="color:var(--ink)"><p>${TEXT.probabilityMeaning(media.kind, chance(probability))}</p>${probabilityBasis(report).map((text) => markup`<p>${text}</p>`)}${
    interval !== null &&
    markup`<p>${TEXT.interval(chance(interval[0]), chance(interval[1]))}. ${TEXT.intervalMeaning}</p>`
  }</div>
</div>`
}

/** The first thing on the page: the verdict in words, its probability, what it rests on, and what holds it back. */
export function renderVerdict(report: Report): Markup {
  const { verdict, models, notes } = report
  const { title, sentence } = BAND_TEXT[verdict.band]
  const doubts = reasonSentences(verdict.reasons)
  const provisional =
    verdict.probability !== null && models.some(({ calibration }) => calibration.status === 'provisional')
  return markup`<section class="verdict" aria-labelledby="verdict">
<h1 id="verdict"><span class="${verdict.band}">${symbol(verdict.band)}</span>${title}</h1>
<p class="lead">${sentence}</p>
${renderEstimate(report)}
${provisional && markup`<p class="caution">${TEXT.provisional}</p>`}
<div class="pair">
<div><h2>${TEXT.basis}</h2>${list(verdictBasis(report))}</div>
<div><h2>${TEXT.doubts}</h2>${doubts.length === 0 ? markup`<p>${TEXT.noDoubts}</p>` : list(doubts)}</div>
${notes.length > 0 && markup`<div><h2>${TEXT.notes}</h2>${list(reasonSentences(notes))}</div>`}
</div>
</section>`
}
