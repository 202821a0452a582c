import type { Face, Observation, Report } from '@unswap/contract'
import { type Markup, markup } from '../text/markup.ts'
import { scoreText, timecode } from '../text/number.ts'
import { BAND_TEXT, faceName, TEXT } from '../text/wording.ts'
import { bandShape } from './marks.ts'
import { PALETTE } from './palette.ts'

/** More observations than this are thinned to the highest score of each stretch. */
const MOST_POINTS = 600
const PLOT = 112
const AXIS = 44
/** Height in pixels of the chart of one face. */
export const LANE_HEIGHT = PLOT + AXIS

const LEFT = 6.5
const RIGHT = 98

/** The same classes style the chart on its own and inside a page; `band-…` sets the colour. */
const CHART_STYLE = (theme: (typeof PALETTE)['light' | 'dark']) => `
.grid{stroke:${theme.rule}}.axis,.cut-name{fill:${theme.muted}}.tick{stroke:${theme.muted}}.cut{stroke:${theme.muted}}
.name{fill:${theme.ink}}.page{fill:${theme.page}}.likely_manipulated{color:${theme.likely_manipulated}}
.inconclusive{color:${theme.inconclusive}}.likely_authentic{color:${theme.likely_authentic}}.hollow{fill:${theme.page}}`

/** Shape rules of the charts: the only part of the style that does not depend on the theme. */
export const CHART_SHAPES = `.grid{stroke-width:1}.tick{stroke-width:1}.cut{stroke-width:1;stroke-dasharray:4 3}.line{stroke:currentColor;stroke-width:1.75;stroke-linecap:round}.dot{fill:currentColor}.hollow{stroke:currentColor;stroke-width:1.5}.axis,.cut-name{font-size:12px;font-variant-numeric:tabular-nums}.shape{fill:currentColor}`

/** Seconds that the charts span: from 0 to the end of the video, or to the last analysed frame where that is unknown. */
function chartSpan(report: Report): number {
  const last = Math.max(0, ...[report.frames.at(-1)?.seconds ?? 0], ...report.cuts)
  return Math.max(report.media.durationSeconds ?? 0, last) || 1
}

/** True where a face has more observations than are drawn. */
export const isThinned = (face: Face): boolean => face.timeline.length > MOST_POINTS

function drawnPoints(timeline: readonly Observation[]): Observation[] {
  if (timeline.length <= MOST_POINTS) return [...timeline]
  const stretch = timeline.length / MOST_POINTS
  return Array.from({ length: MOST_POINTS }, (_, index) =>
    timeline
      .slice(Math.floor(index * stretch), Math.floor((index + 1) * stretch))
      .reduce((highest, seen) => (seen.scores.manipulated > highest.scores.manipulated ? seen : highest)),
  )
}

/** Times for the axis: four or five round steps over the span. */
function axisTimes(span: number): number[] {
  const steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200]
  const step = steps.find((candidate) => span / candidate <= 5) ?? 3600 * Math.ceil(span / 3600 / 5)
  return Array.from({ length: Math.floor(span / step + 1e-9) + 1 }, (_, index) => index * step)
}

/**
 * The chart of one face: score over time with cuts and analysed frames. Across it is laid out in percent and down
 * in pixels, so it fits any width while its letters and dots keep their size.
 */
export function drawLane(report: Report, face: Face): Markup {
  const span = chartSpan(report)
  const x = (seconds: number) => `${(LEFT + (RIGHT - LEFT) * Math.min(1, seconds / span)).toFixed(2)}%`
  const y = (score: number) => (8 + (PLOT - 16) * (1 - score)).toFixed(1)
  const points = drawnPoints(face.timeline)
  // A line joins neighbours of the analysed frames only: it breaks where the face was away and at cuts.
  const joined = points.slice(1).flatMap((to, index) => {
    const from = points[index]!
    const away = !isThinned(face) && to.frame !== from.frame + 1
    const cut = report.cuts.some((seconds) => from.seconds < seconds && seconds <= to.seconds)
    return away || cut ? [] : [{ from, to }]
  })
  const radius = points.length > 150 ? 1.5 : points.length > 60 ? 2.25 : 3
  const frameTicks = report.frames.length <= MOST_POINTS ? report.frames : []
  const decimals = span < 5 ? 1 : 0
  return markup`${[0, 0.5, 1].map(
    (score) =>
      markup`<line class="grid" x1="${LEFT}%" x2="${RIGHT}%" y1="${y(score)}" y2="${y(score)}"/><text class="axis" x="${LEFT - 1}%" y="${y(score)}" dy="4" text-anchor="end">${score}</text>`,
  )}${report.cuts.map(
    (seconds, index) =>
      markup`<line class="cut" x1="${x(seconds)}" x2="${x(seconds)}" y1="0" y2="${PLOT + 8}"/>${
        index === 0 &&
        markup`<text class="cut-name" x="${x(seconds)}" dx="4" y="${PLOT + 8}">${TEXT.cut}</text>`
      }`,
  )}${frameTicks.map(
    ({ seconds }) =>
      markup`<line class="tick" x1="${x(seconds)}" x2="${x(seconds)}" y1="${PLOT + 14}" y2="${PLOT + 20}"/>`,
  )}<g class="${face.verdict.band}">${joined.map(
    ({ from, to }) =>
      markup`<line class="line" x1="${x(from.seconds)}" y1="${y(from.scores.manipulated)}" x2="${x(to.seconds)}" y2="${y(to.scores.manipulated)}"/>`,
  )}${points.map(
    ({ seconds, scores, usable }) =>
      markup`<circle class="${usable ? 'dot' : 'hollow'}" cx="${x(seconds)}" cy="${y(scores.manipulated)}" r="${radius}"/>`,
  )}</g>${axisTimes(span).map(
    (seconds) =>
      markup`<text class="axis" x="${x(seconds)}" y="${PLOT + 36}" text-anchor="middle">${timecode(seconds, decimals)}</text>`,
  )}`
}

/**
 * `timeline.svg`: one chart per face, most suspicious first, with a light and a dark look. Most faces: 24.
 * @returns the document and its size in pixels
 */
export function renderTimeline(report: Report): { svg: string; width: number; height: number } {
  const faces = report.faces.slice(0, 24)
  const [width, head, step] = [960, 56, LANE_HEIGHT + 44]
  const height = head + Math.max(1, faces.length) * step
  const style = `text{font-family:ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}.title{font-size:18px;font-weight:600}.name{font-size:14px;font-weight:600}${CHART_SHAPES}${CHART_STYLE(PALETTE.light)}@media (prefers-color-scheme:dark){${CHART_STYLE(PALETTE.dark)}}`
  const lanes = faces.map((face, index) => {
    const { band } = face.verdict
    const title = `${faceName(face.id)} · ${BAND_TEXT[band].title} · ${TEXT.pooled.toLowerCase()} ${scoreText(face.scores.manipulated)}`
    return markup`<svg y="${head + index * step}" width="${width}" height="${step}"><path class="shape ${band}" d="${bandShape(band, 56, 11, 12)}"/><text class="name" x="70" y="16">${title}</text><svg y="34" width="${width}" height="${LANE_HEIGHT}">${drawLane(report, face)}</svg></svg>`
  })
  const drawing = markup`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${TEXT.timeline}"><style>${{ markup: style }}</style><rect class="page" width="${width}" height="${height}"/><text class="name title" x="48" y="34">${TEXT.timeline}</text>${lanes}${
    faces.length === 0 && markup`<text class="axis" x="48" y="80">${TEXT.facesFound(0)}</text>`
  }</svg>`
  return { svg: `${drawing.markup}\n`, width, height }
}
