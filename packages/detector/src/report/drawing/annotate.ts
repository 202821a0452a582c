import type { Face, Observation, Report } from '@unswap/contract'
import sharp, { type Sharp } from 'sharp'
import type { EvidenceFrame } from '../evidence/evidence.ts'
import { scoreText } from '../text/number.ts'
import { BAND_TEXT, faceName } from '../text/wording.ts'
import { type Area, drawBox, drawLabel, labelSize } from './marks.ts'
import { placeLabels } from './place-labels.ts'

interface Size {
  readonly width: number
  readonly height: number
}

/** A face as it was seen in one frame. */
interface SeenFace {
  readonly face: Face
  readonly observation: Observation
}

/** The faces seen in a frame, in the order of the report: most suspicious first. */
export function facesInFrame(report: Report, frame: number): SeenFace[] {
  return report.faces.flatMap((face) => {
    const observation = face.timeline.find((seen) => seen.frame === frame)
    return observation === undefined ? [] : [{ face, observation }]
  })
}

/** Size of the annotated picture: at most `longest` on the longer side, and at least `shortest` so that labels fit. */
function canvasSize(
  width: number,
  height: number,
  bounds: { readonly longest: number; readonly shortest: number },
): Size {
  const side = Math.max(width, height)
  const factor = Math.min(bounds.longest, Math.max(bounds.shortest, side)) / side
  return { width: Math.max(1, Math.round(width * factor)), height: Math.max(1, Math.round(height * factor)) }
}

/** The box pulled inside the picture, so that every line of it can be seen. */
function insideBox(box: Area, scale: number, canvas: Size, inset: number): Area {
  const clampX = (x: number) => Math.min(Math.max(inset, x), Math.max(inset, canvas.width - inset))
  const clampY = (y: number) => Math.min(Math.max(inset, y), Math.max(inset, canvas.height - inset))
  const [x, y] = [clampX(box.x * scale), clampY(box.y * scale)]
  return {
    x,
    y,
    width: clampX((box.x + box.width) * scale) - x,
    height: clampY((box.y + box.height) * scale) - y,
  }
}

/** Texts of a label, from the longest to the shortest. */
function wordings({ face, observation }: SeenFace): [long: string, medium: string, short: string] {
  const name = faceName(face.id)
  const short = name.replace(/^\D+(?=\d+$)/, '')
  const score = scoreText(observation.scores.manipulated)
  return [`${name} · ${BAND_TEXT[face.verdict.band].title} · ${score}`, `${short} · ${score}`, short]
}

/** The longest and largest labels that hide nothing, alike for all faces of the picture; else the smallest. */
function chooseLabels(seen: readonly SeenFace[], boxes: readonly Area[], canvas: Size, size: number) {
  const small = Math.max(Math.min(size, 12), size * 0.7)
  const tiers = [
    { wording: 0, size },
    { wording: 1, size },
    { wording: 1, size: small },
    { wording: 2, size },
    { wording: 2, size: small },
  ] as const
  const choices = tiers.map((tier) => {
    const texts = seen.map((face) => wordings(face)[tier.wording])
    const requests = texts.map((text, index) => ({ box: boxes[index]!, ...labelSize(text, tier.size) }))
    return { texts, size: tier.size, ...placeLabels(requests, canvas.width, canvas.height) }
  })
  return (
    choices.find(({ hidden }) => hidden === 0) ??
    choices.reduce((best, choice) => (choice.hidden <= best.hidden ? choice : best))
  )
}

/** SVG, as large as `canvas`, of the boxes and labels of the faces of a frame. `scale`: picture pixels to canvas pixels. */
function drawFaces(seen: readonly SeenFace[], canvas: Size, scale: number): string {
  const side = Math.max(canvas.width, canvas.height)
  const line = Math.max(2, Math.round(side / 420))
  const room = Math.min(canvas.width / 4, canvas.height / 2)
  const size = Math.min(Math.max(13, side / 64), room)
  const boxes = seen.map(({ observation }) => insideBox(observation.box, scale, canvas, line / 2 + 1))
  const choice = chooseLabels(seen, boxes, canvas, size)
  // Boxes first, the most suspicious last and so on top; no box may cross a label.
  const drawnBoxes = seen.map(({ face }, index) => drawBox(face.verdict.band, boxes[index]!, line)).reverse()
  const drawnLabels = seen.map(({ face }, index) => {
    const label = choice.labels[index]!
    if (label === null || choice.size < 5) return ''
    return drawLabel(face.verdict.band, choice.texts[index]!, label.x, label.y, choice.size)
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${canvas.width}" height="${canvas.height}">${drawnBoxes.join('')}${drawnLabels.join('')}</svg>`
}

/**
 * A kept frame with a box and a label on each face. The longer side of the result lies within `bounds` (pixels).
 * @returns a pipeline to encode, and its size in pixels
 */
export function annotateFrame(
  report: Report,
  frame: EvidenceFrame,
  bounds: { readonly longest: number; readonly shortest: number },
): { image: Sharp; width: number; height: number } {
  const { picture } = frame
  const canvas = canvasSize(picture.width, picture.height, bounds)
  const scale = (canvas.width / picture.width) * frame.scale
  const drawing = drawFaces(facesInFrame(report, frame.frame), canvas, scale)
  const image = sharp(picture.data, { raw: { width: picture.width, height: picture.height, channels: 3 } })
    .resize(canvas.width, canvas.height, { fit: 'fill' })
    .composite([{ input: Buffer.from(drawing) }])
  return { image, ...canvas }
}
