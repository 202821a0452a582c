import type { Report } from '@unswap/contract'
import type { KeyboardEvent, PointerEvent } from 'react'
import { clock } from '../format.ts'
import { text } from '../text.ts'

const t = text.result
const WIDTH = 1000
const HEIGHT = 180
const COLOURS = 4

/** Score over time, a line per face; a slider for the keyboard and for screen readers. */
export function Timeline(props: {
  report: Report
  chosen: number
  seconds: number
  onSeek: (seconds: number) => void
  onChoose: (index: number) => void
}) {
  const { report } = props
  const frames = report.frames
  const length = Math.max(report.media.durationSeconds ?? 0, frames.at(-1)?.seconds ?? 0, 0.001)
  const x = (seconds: number) => (seconds / length) * WIDTH
  const y = (score: number) => HEIGHT - score * HEIGHT
  const face = report.faces[props.chosen]
  const here = face?.timeline.reduce((best, each) =>
    Math.abs(each.seconds - props.seconds) < Math.abs(best.seconds - props.seconds) ? each : best,
  )
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
  return (
    <div>
      <h3>{t.timeline}</h3>
      <p className="text-sm text-muted">{t.timelineHelp}</p>
      <div
        role="slider"
        tabIndex={0}
        aria-label={t.timeline}
        aria-valuemin={0}
        aria-valuemax={length}
        aria-valuenow={props.seconds}
        aria-valuetext={t.moment(clock(props.seconds), here ? here.scores.manipulated.toFixed(2) : text.none)}
        onPointerDown={onPointer}
        onKeyDown={onKeyDown}
        className="mt-2 cursor-crosshair rounded border border-line"
      >
        <svg
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          className="block h-44 w-full"
          aria-hidden="true"
        >
          {[0.25, 0.5, 0.75].map((level) => (
            <line
              key={level}
              x2={WIDTH}
              y1={y(level)}
              y2={y(level)}
              stroke="var(--line)"
              vectorEffect="non-scaling-stroke"
            />
          ))}
          {report.cuts.map((cut) => (
            <line
              key={cut}
              x1={x(cut)}
              x2={x(cut)}
              y2={HEIGHT}
              stroke="var(--muted)"
              strokeDasharray="5 4"
              vectorEffect="non-scaling-stroke"
            />
          ))}
          {report.faces.map((each, index) => (
            <polyline
              key={each.id}
              points={each.timeline
                .map((seen) => `${x(seen.seconds).toFixed(1)},${y(seen.scores.manipulated).toFixed(1)}`)
                .join(' ')}
              fill="none"
              stroke={`var(--track-${(index % COLOURS) + 1})`}
              strokeWidth={index === props.chosen ? 3 : 1.5}
              strokeDasharray={index >= COLOURS ? '8 4' : undefined}
              vectorEffect="non-scaling-stroke"
            />
          ))}
          {frames.map((frame) => (
            <line
              key={frame.index}
              x1={x(frame.seconds)}
              x2={x(frame.seconds)}
              y1={HEIGHT - 5}
              y2={HEIGHT}
              stroke="var(--muted)"
              vectorEffect="non-scaling-stroke"
            />
          ))}
          <line
            x1={x(props.seconds)}
            x2={x(props.seconds)}
            y2={HEIGHT}
            stroke="var(--ink)"
            strokeWidth="2"
            vectorEffect="non-scaling-stroke"
          />
        </svg>
      </div>
      <div className="flex justify-between text-sm text-muted tabular-nums">
        <span>{clock(0)}</span>
        <span aria-live="off">
          {t.moment(clock(props.seconds), here ? here.scores.manipulated.toFixed(2) : text.none)}
        </span>
        <span>{clock(length)}</span>
      </div>
    </div>
  )
}
