import type { Report } from '@unswap/contract'
import { BANDS } from '@unswap/contract'
import sharp from 'sharp'
import type { EvidenceFrame } from '../evidence/evidence.ts'
import { scoreText, timecode } from '../text/number.ts'
import { BAND_TEXT, TEXT } from '../text/wording.ts'
import { annotateFrame, facesInFrame } from './annotate.ts'
import { CAP_HEIGHT, drawText, fitText, textWidth } from './lettering.ts'
import { bandShape } from './marks.ts'
import { PALETTE } from './palette.ts'

const GAP = 20
const HEADER = 92
const CAPTION = 52

function highestScore(report: Report, frame: number): string {
  const scores = facesInFrame(report, frame).map(({ observation }) => observation.scores.manipulated)
  return scores.length === 0 ? TEXT.tileNoFace : TEXT.tileScore(scoreText(Math.max(...scores)))
}

function drawKey(width: number): string {
  const { ink, muted } = PALETTE.light
  let x = GAP
  let key = ''
  for (const band of BANDS) {
    const { title } = BAND_TEXT[band]
    key += `<path d="${bandShape(band, x + 7, 55, 13)}" fill="${PALETTE.mark[band]}" stroke="${ink}" stroke-opacity="0.35" stroke-width="0.75"/>`
    key += drawText(title, { x: x + 20, y: 55 + (14 * CAP_HEIGHT) / 2, size: 14, fill: ink })
    x += 20 + textWidth(title, 14) + 26
  }
  const explanation = fitText(TEXT.contactSheetKey, 13, width - 2 * GAP)
  return (
    drawText(TEXT.contactSheet, { x: GAP, y: 34, size: 22, fill: ink }) +
    key +
    drawText(explanation, { x: GAP, y: 84, size: 13, fill: muted })
  )
}

/**
 * The kept frames of a video side by side, most suspicious first, each with its time, its highest score and boxes.
 * @returns a JPEG and its size in pixels; `frames` must not be empty
 */
export async function encodeContactSheet(
  report: Report,
  frames: readonly EvidenceFrame[],
): Promise<{ bytes: Buffer; width: number; height: number }> {
  const ratio = frames[0]!.picture.width / frames[0]!.picture.height
  const columns = Math.min(frames.length, ratio < 0.8 ? 4 : 3)
  const tile = ratio < 0.8 ? 330 : 460
  const tiles = frames.map((frame) => annotateFrame(report, frame, { longest: tile, shortest: tile }))
  const cellHeight = Math.max(...tiles.map(({ height }) => height))
  const cellWidth = Math.max(...tiles.map(({ width }) => width))
  const width = Math.max(640, columns * cellWidth + (columns + 1) * GAP)
  const rows = Math.ceil(frames.length / columns)
  const height = HEADER + rows * (cellHeight + CAPTION + GAP) + GAP
  const { ink, muted, page } = PALETTE.light
  let lettering = drawKey(width)
  const pictures = []
  for (const [index, { image }] of tiles.entries()) {
    const left = GAP + (index % columns) * (cellWidth + GAP)
    const top = HEADER + GAP + Math.floor(index / columns) * (cellHeight + CAPTION + GAP)
    pictures.push({ input: await image.png({ compressionLevel: 1 }).toBuffer(), left, top })
    const frame = frames[index]!
    const time = timecode(frame.seconds)
    const baseline = top + cellHeight + 26
    lettering += drawText(time, { x: left, y: baseline, size: 17, fill: ink })
    lettering += drawText(highestScore(report, frame.frame), {
      x: left + textWidth(time, 17) + 14,
      y: baseline,
      size: 14,
      fill: muted,
    })
  }
  const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${lettering}</svg>`
  const bytes = await sharp({ create: { width, height, channels: 3, background: page } })
    .composite([...pictures, { input: Buffer.from(drawing) }])
    .jpeg({ quality: 88, chromaSubsampling: '4:4:4' })
    .toBuffer()
  return { bytes, width, height }
}
