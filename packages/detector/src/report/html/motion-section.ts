import type { Face, Report } from '@unswap/contract'
import { drawLane, isThinned, LANE_HEIGHT } from '../drawing/timeline-chart.ts'
import { type Markup, markup } from '../text/markup.ts'
import { measure, scoreText } from '../text/number.ts'
import { faceName, TEMPORAL_TEXT, TEXT } from '../text/wording.ts'

function measuresTable(face: Face): Markup | null {
  if (face.temporal.length === 0) return null
  return markup`<table><caption><b>${TEXT.temporal}</b>${TEXT.temporalCaption}</caption>
<thead><tr><th scope="col">${TEXT.measure}</th><th scope="col" class="number">${TEXT.value}</th><th scope="col" class="number">${TEXT.samples}</th></tr></thead>
<tbody>${face.temporal.map(
    ({ id, value, unit, meaning, samples }) =>
      markup`<tr><th scope="row">${TEMPORAL_TEXT[id]}<span class="meaning">${meaning}</span></th><td class="number">${measure(value)} ${unit}</td><td class="number">${samples}</td></tr>`,
  )}</tbody></table>`
}

/** What a video adds about a face: its score over time, and how it moves, measure by measure. */
export function renderMotion(report: Report, face: Face): Markup {
  const scores = face.timeline.map((seen) => seen.scores.manipulated)
  const [low, high] = scores.reduce(
    ([least, most], score) => [Math.min(least, score), Math.max(most, score)],
    [1, 0],
  )
  const alt = TEXT.timelineAlt(faceName(face.id), scores.length, scoreText(low), scoreText(high))
  return markup`<div class="over-time"><figure><h4>${TEXT.timeline}</h4>
<svg class="chart" height="${LANE_HEIGHT}" role="img" aria-label="${alt}">${drawLane(report, face)}</svg>
<figcaption>${TEXT.timelineCaption} ${isThinned(face) && TEXT.timelineThinned}</figcaption></figure></div>
<div class="over-time">${measuresTable(face)}</div>`
}
