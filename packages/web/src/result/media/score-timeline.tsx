import type { Face, Report } from '@unswap/contract'
import type { KeyboardEvent, PointerEvent } from 'react'
import { clock, faceNumber } from '../../format.ts'
import { text } from '../../text/text.ts'
import { BAND_FILL } from '../../ui/band-label.tsx'

const t = text.result
const WIDTH = 1000
const HEIGHT = 180
/** Room above 1 and below 0, so that a line at either end is seen whole. */
const ROOM = 8

/** A frame this near is the one that is seen. */
const SAME_MOMENT_SECONDS = 0.05

const x = (seconds: number, length: number) => ((seconds / length) * WIDTH).toFixed(1)
const y = (score: number) => (ROOM + (1 - score) * (HEIGHT - 2 * ROOM)).toFixed(1)

/** Score over time, a line per face; a slider for the keyboard and for screen readers. */
export function ScoreTimeline(props: {
  report: Report
  chosen: number
  seconds: number
  onSeek: (seconds: number) => void
}) {
  const { report } = props
  const frames = report.frames
  const length = Math.max(report.media.durationSeconds ?? 0, frames.at(-1)?.seconds ?? 0, 0.001)
  const face = report.faces[props.chosen]
  const here = face?.timeline.reduce((best, each) =>
    Math.abs(each.seconds - props.seconds) < Math.abs(best.seconds - props.seconds) ? each : best,
  )
  const away = here && Math.abs(here.seconds - props.seconds) > SAME_MOMENT_SECONDS
  const score = here ? here.scores.manipulated.toFixed(2) : text.none
  const moment = away
    ? t.momentNearest(clock(props.seconds), score, clock(here.seconds))
    : t.moment(clock(props.seconds), score)
  const onPointer = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect()
    props.onSeek(Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * length)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const moments = frames.map((frame) => frame.seconds)
    const to = {
      ArrowRight: moments.find((moment) => moment > props.seconds + 0.001),
      ArrowLeft: moments.findLast((moment) => moment < props.seconds - 0.001),
      Home: moments[0],
      End: moments.at(-1),
    }[event.key]
    if (to === undefined) return
    event.preventDefault()
    props.onSeek(to)
  }
  const upright = (seconds: number, from: number, to: number) => `M${x(seconds, length)} ${from}V${to}`
  return (
    <div className="mt-4">
      <h3>{t.timeline}</h3>
      <p className="text-sm text-muted">
        {t.timelineHelp} {face && report.faces.length > 1 && t.timelineChosen(faceNumber(face.id))}
      </p>
      <div className="mt-2 grid grid-cols-[auto_1fr] gap-x-2">
        <div
          aria-hidden="true"
          className="flex flex-col justify-between text-right text-sm leading-none text-muted tabular-nums"
        >
          <span>1</span>
          <span>0.5</span>
          <span>0</span>
        </div>
        <div
          role="slider"
          tabIndex={0}
          aria-label={t.timeline}
          aria-valuemin={0}
          aria-valuemax={length}
          aria-valuenow={props.seconds}
          aria-valuetext={moment}
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture(event.pointerId)
            onPointer(event)
          }}
          onPointerMove={(event) => event.buttons === 1 && onPointer(event)}
          onKeyDown={onKeyDown}
          className="cursor-crosshair touch-pan-y rounded border border-line"
        >
          <svg
            viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
            preserveAspectRatio="none"
            className="block h-44 w-full [&_path]:[vector-effect:non-scaling-stroke]"
            fill="none"
            aria-hidden="true"
          >
            <path d={`M0 ${y(1)}H${WIDTH}M0 ${y(0.5)}H${WIDTH}M0 ${y(0)}H${WIDTH}`} stroke="var(--line)" />
            <path
              d={report.cuts.map((cut) => upright(cut, 0, HEIGHT)).join('')}
              stroke="var(--muted)"
              strokeDasharray="5 4"
            />
            <path
              d={frames.map((frame) => upright(frame.seconds, HEIGHT - 5, HEIGHT)).join('')}
              stroke="var(--muted)"
            />
            {report.faces.map((each, index) => (
              <path
                key={each.id}
                d={lineOf(each, report.cuts, length)}
                stroke={BAND_FILL[each.verdict.band]}
                strokeWidth={index === props.chosen ? 2.5 : 1.25}
                opacity={index === props.chosen ? 1 : 0.55}
              />
            ))}
            {face && (
              <path
                d={face.timeline
                  .map((each) => `M${x(each.seconds, length)} ${y(each.scores.manipulated)}h0`)
                  .join('')}
                stroke={BAND_FILL[face.verdict.band]}
                strokeWidth="7"
                strokeLinecap="round"
              />
            )}
            <path d={upright(props.seconds, 0, HEIGHT)} stroke="var(--ink)" strokeWidth="2" />
          </svg>
        </div>
      </div>
      <div className="ml-8 flex justify-between text-sm text-muted tabular-nums">
        <span>{clock(0)}</span>
        <span aria-live="off">{moment}</span>
        <span>{clock(length)}</span>
      </div>
    </div>
  )
}

/** The line of a face: it breaks where the face was away, and at cuts. */
function lineOf(face: Face, cuts: readonly number[], length: number): string {
  return face.timeline
    .map((each, index) => {
      const before = face.timeline[index - 1]
      const joined =
        before !== undefined &&
        each.frame === before.frame + 1 &&
        !cuts.some((cut) => before.seconds < cut && cut <= each.seconds)
      return `${joined ? 'L' : 'M'}${x(each.seconds, length)} ${y(each.scores.manipulated)}`
    })
    .join('')
}
