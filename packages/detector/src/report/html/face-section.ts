import { type Face, OUTPUTS, type Output, REASON_TEXT, type Report } from '@unswap/contract'
import type { EvidenceFile } from '../evidence/render-evidence.ts'
import { strongestRegion } from '../text/basis.ts'
import { type Markup, markup } from '../text/markup.ts'
import { chance, measure, percent, scoreText, timecode } from '../text/number.ts'
import { BAND_TEXT, FAMILY_TEXT, faceName, QUALITY_TEXT, SCORE_TEXT, TEXT } from '../text/wording.ts'
import { renderMotion } from './motion-section.ts'
import { findFile, renderFigure } from './picture-section.ts'
import { list, reasonSentences, symbol } from './verdict-section.ts'

/** More faces than this are in the table alone; a page must stay readable. */
const FULL = 12

const bar = (share: number) =>
  markup`<span class="bar" aria-hidden="true"><span style="width:${(Math.min(1, Math.max(0, share)) * 100).toFixed(1)}%"></span></span>`

function scoresTable(face: Face): Markup {
  const flagged = (key: Output) =>
    key !== 'manipulated' && face.models.some((model) => model.flagged.includes(key))
  return markup`<table><caption><b>${TEXT.scores}</b>${TEXT.scoresCaption}</caption>
<thead><tr><th scope="col">${TEXT.output}</th><th scope="col" class="number">${TEXT.pooled}</th>${face.models.map(
    ({ model }) => markup`<th scope="col" class="number">${model}</th>`,
  )}</tr></thead>
<tbody>${OUTPUTS.map(
    (key) =>
      markup`<tr><th scope="row">${SCORE_TEXT[key]}${flagged(key) && markup`<span class="flag">${TEXT.flagged}</span>`}${bar(face.scores[key])}</th><td class="number">${scoreText(face.scores[key])}</td>${face.models.map(
        ({ scores }) => markup`<td class="number">${scoreText(scores[key])}</td>`,
      )}</tr>`,
  )}</tbody></table>`
}

function regionsTable({ map }: Face): Markup {
  if (map === null) return markup`<p class="note">${TEXT.noMap}</p>`
  const regions = Object.entries(map.regions).sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
  return markup`<table><caption><b>${TEXT.regions}</b>${TEXT.regionsCaption(scoreText(map.peak), percent(map.area))}</caption>
<thead><tr><th scope="col">${TEXT.region}</th><th scope="col" class="number">${TEXT.mean}</th></tr></thead>
<tbody>${regions.map(
    ([name, mean]) =>
      markup`<tr><th scope="row">${name}${bar(mean)}</th><td class="number">${scoreText(mean)}</td></tr>`,
  )}</tbody></table>`
}

function qualityTable({ quality }: Face): Markup {
  const value = (amount: number, unit: string) =>
    unit === 'share' ? percent(amount) : `${measure(amount)}${unit === 'px' ? ' px' : unit}`
  const findings = quality.reasons.map((code) => REASON_TEXT[code])
  return markup`<table><caption><b>${TEXT.quality}</b>${findings.length === 0 ? TEXT.qualityGood : findings.join(' ')}</caption>
<thead><tr><th scope="col">${TEXT.property}</th><th scope="col" class="number">${TEXT.value}</th></tr></thead>
<tbody>${QUALITY_TEXT.map(
    ({ key, name, unit, meaning }) =>
      markup`<tr><th scope="row">${name}<span class="meaning">${meaning}</span></th><td class="number">${value(quality[key], unit)}</td></tr>`,
  )}</tbody></table>`
}

function verdictLine({ verdict }: Face): Markup {
  const parts = [
    verdict.probability !== null && `${TEXT.probabilityOf} ${chance(verdict.probability)}`,
    verdict.interval !== null && TEXT.interval(chance(verdict.interval[0]), chance(verdict.interval[1])),
    verdict.family !== null && FAMILY_TEXT[verdict.family].title.toLowerCase(),
  ].filter((part) => part !== false)
  return markup`<p><span class="${verdict.band}">${symbol(verdict.band)}</span>${BAND_TEXT[verdict.band].title}</p><p class="note">${parts.join(' · ')}</p>`
}

function renderFace(report: Report, face: Face, files: readonly EvidenceFile[], anchor: string): Markup {
  const name = faceName(face.id)
  const region = (face.map?.peak ?? 0) >= 0.5 ? (strongestRegion(face)?.name ?? null) : null
  const crop = renderFigure(findFile(files, 'crop', face.id), {
    alt: TEXT.cropAlt(name),
    caption: TEXT.crop,
    kind: 'crop',
  })
  const heatMap = renderFigure(findFile(files, 'heatmap', face.id), {
    alt: TEXT.heatMapAlt(name, region),
    caption: `${TEXT.heatMap}. ${TEXT.heatMapCaption}`,
    kind: 'heatmap',
  })
  const doubts = reasonSentences(face.verdict.reasons.map(({ code, message }) => ({ code, message })))
  return markup`<article id="${anchor}" aria-labelledby="${anchor}-name">
<header><h3 id="${anchor}-name">${name}</h3>${verdictLine(face)}</header>
${(crop !== null || heatMap !== null) && markup`<div class="pictures">${crop}${heatMap}</div>`}
${doubts.length > 0 && markup`<div class="pair"><div><h4>${TEXT.doubts}</h4>${list(doubts)}</div></div>`}
${report.media.kind === 'video' && renderMotion(report, face)}
<div class="tables"><div>${scoresTable(face)}${regionsTable(face)}</div>${qualityTable(face)}</div>
</article>`
}

function facesTable(report: Report): Markup {
  const video = report.media.kind === 'video'
  return markup`<table><caption>${TEXT.facesCaption}</caption>
<thead><tr><th scope="col">${TEXT.face}</th><th scope="col">${TEXT.verdict}</th><th scope="col" class="number">${TEXT.probability}</th><th scope="col" class="number">${TEXT.score}</th>${
    video &&
    markup`<th scope="col" class="number">${TEXT.seen}</th><th scope="col" class="number">${TEXT.usable}</th>`
  }</tr></thead>
<tbody>${report.faces.map((face, index) => {
    const { band, probability } = face.verdict
    const name = faceName(face.id)
    return markup`<tr><th scope="row">${index < FULL ? markup`<a href="#face-${index}">${name}</a>` : name}</th><td><span class="${band}">${symbol(band)}</span>${BAND_TEXT[band].title}</td><td class="number">${probability === null ? '–' : chance(probability)}</td><td class="number">${scoreText(face.scores.manipulated)}</td>${
      video &&
      markup`<td class="number">${timecode(face.firstSeconds, 1)}–${timecode(face.lastSeconds, 1)}</td><td class="number">${TEXT.usableOf(face.usable, face.observed)}</td>`
    }</tr>`
  })}</tbody></table>`
}

/** The faces: a table of all when there are several, then the most suspicious ones in full. */
export function renderFaces(report: Report, files: readonly EvidenceFile[]): Markup {
  const { faces } = report
  return markup`<section aria-labelledby="faces">
<h2 id="faces">${TEXT.faces}</h2>
<p>${TEXT.facesFound(faces.length)} ${faces.length > FULL && TEXT.facesShort(FULL, faces.length)}</p>
${faces.length > 1 && markup`<div class="scroll" role="region" aria-label="${TEXT.facesCaption}" tabindex="0">${facesTable(report)}</div>`}
${faces.slice(0, FULL).map((face, index) => renderFace(report, face, files, `face-${index}`))}
</section>`
}
