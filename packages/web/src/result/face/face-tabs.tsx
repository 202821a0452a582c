import type { Face } from '@unswap/contract'
import { type KeyboardEvent, useRef } from 'react'
import { faceNumber } from '../../format.ts'
import { text } from '../../text/text.ts'
import { BandMark } from '../../ui/band-label.tsx'
import { isJudged } from './is-judged.ts'

/** One tab per face, moved through with the arrow keys (WAI-ARIA tabs pattern). */
export function FaceTabs(props: {
  faces: readonly Face[]
  chosen: number
  onChoose: (index: number) => void
}) {
  const list = useRef<HTMLDivElement>(null)
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (!step) return
    event.preventDefault()
    const next = (props.chosen + step + props.faces.length) % props.faces.length
    props.onChoose(next)
    list.current?.querySelectorAll('button')[next]?.focus()
  }
  return (
    <div
      ref={list}
      role="tablist"
      aria-label={text.result.faces}
      onKeyDown={onKeyDown}
      className="no-print mb-4 flex scroll-mt-4 flex-wrap gap-2"
    >
      {props.faces.map((face, index) => (
        <button
          key={face.id}
          type="button"
          role="tab"
          id={`tab-${face.id}`}
          aria-selected={index === props.chosen}
          aria-controls="face-panel"
          tabIndex={index === props.chosen ? 0 : -1}
          onClick={() => props.onChoose(index)}
          className="flex min-h-10 scroll-mt-4 cursor-pointer items-center gap-2 rounded-md border border-line px-3 aria-selected:border-accent aria-selected:font-semibold"
        >
          {isJudged(face) && <BandMark band={face.verdict.band} />}
          {text.result.face(faceNumber(face.id))}
          {!isJudged(face) && <span className="font-normal text-muted">{text.result.notJudgedShort}</span>}
        </button>
      ))}
    </div>
  )
}
