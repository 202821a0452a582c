import type { Box, Face, Report } from '@unswap/contract'
import type { CSSProperties, ReactNode } from 'react'
import { faceNumber } from '../../format.ts'
import { text } from '../../text/text.ts'
import { BAND_FILL } from '../../ui/band-label.tsx'
import { isJudged } from '../face/is-judged.ts'

const fillOf = (face: Face) => (isJudged(face) ? BAND_FILL[face.verdict.band] : 'var(--muted)')

const share = (value: number, whole: number) => `${(value / whole) * 100}%`

/** A picture or player (`children`) with a box over each face; the box is a button that chooses the face. */
export function FaceBoxes(props: {
  media: Report['media']
  boxes: readonly { face: Face; box: Box | undefined }[]
  chosen: number
  onChoose: (index: number) => void
  /** Height in pixels of the player's controls at the foot, which no box may cover. */
  foot?: number
  children: ReactNode
}) {
  const { width, height } = props.media
  return (
    <div className="media-frame" style={{ '--width': width, '--height': height } as CSSProperties}>
      {props.children}
      <div
        className="pointer-events-none absolute inset-0"
        style={props.foot ? { clipPath: `inset(-4px -4px ${props.foot}px -4px)` } : undefined}
      >
        {props.boxes.map(
          ({ face, box }, index) =>
            box && (
              <button
                key={face.id}
                type="button"
                aria-label={`${text.result.face(faceNumber(face.id))}: ${isJudged(face) ? text.bands[face.verdict.band] : text.result.notJudgedShort}`}
                aria-pressed={index === props.chosen}
                onClick={() => props.onChoose(index)}
                className="pointer-events-auto absolute cursor-pointer rounded-sm"
                style={{
                  left: share(box.x, width),
                  top: share(box.y, height),
                  width: share(box.width, width),
                  height: share(box.height, height),
                  border: `${index === props.chosen ? 3 : 2}px ${isJudged(face) ? 'solid' : 'dashed'} ${fillOf(face)}`,
                  boxShadow: '0 0 0 1px rgb(0 0 0 / 0.6), inset 0 0 0 1px rgb(0 0 0 / 0.6)',
                }}
              >
                <span
                  aria-hidden="true"
                  className="absolute top-0 left-0 px-1 text-xs font-bold text-paper"
                  style={{ background: fillOf(face) }}
                >
                  {faceNumber(face.id)}
                </span>
              </button>
            ),
        )}
      </div>
    </div>
  )
}
