import type { Box, Face } from '@unswap/contract'
import { text } from '../text.ts'

const STROKE = {
  likely_manipulated: 'var(--manipulated)',
  inconclusive: 'var(--inconclusive)',
  likely_authentic: 'var(--authentic)',
}

/** Boxes over a picture of width × height pixels, each a button that chooses its face. */
export function FaceBoxes(props: {
  width: number
  height: number
  boxes: readonly { face: Face; box: Box | undefined }[]
  chosen: number
  onChoose: (index: number) => void
}) {
  const share = (value: number, whole: number) => `${(value / whole) * 100}%`
  return (
    <>
      {props.boxes.map(({ face, box }, index) =>
        box ? (
          <button
            key={face.id}
            type="button"
            aria-label={`${text.result.face(index + 1)}: ${text.bands[face.verdict.band]}`}
            aria-pressed={index === props.chosen}
            onClick={() => props.onChoose(index)}
            className="absolute cursor-pointer rounded-sm"
            style={{
              left: share(box.x, props.width),
              top: share(box.y, props.height),
              width: share(box.width, props.width),
              height: share(box.height, props.height),
              border: `${index === props.chosen ? 3 : 2}px solid ${STROKE[face.verdict.band]}`,
              boxShadow: '0 0 0 1px rgb(0 0 0 / 0.6), inset 0 0 0 1px rgb(0 0 0 / 0.6)',
            }}
          >
            <span
              aria-hidden="true"
              className="absolute top-0 left-0 px-1 text-xs font-bold text-paper"
              style={{ background: STROKE[face.verdict.band] }}
            >
              {index + 1}
            </span>
          </button>
        ) : null,
      )}
    </>
  )
}
