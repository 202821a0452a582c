import sharp from 'sharp'
import type { Picture } from '../../media/frame.ts'
import type { EvidenceFace } from '../evidence/evidence.ts'
import { TEXT } from '../text/wording.ts'
import { colourise } from './colour-map.ts'
import { CAP_HEIGHT, drawText, textWidth } from './lettering.ts'
import { PALETTE } from './palette.ts'

type ProbabilityMap = NonNullable<EvidenceFace['map']>

/** Side in pixels of the pictures made of a map. */
const SIDE = 448
const LEGEND = 60

const levelsOf = (map: ProbabilityMap) =>
  Uint8Array.from(map.probabilities, (probability) => Math.round(255 * Math.min(1, Math.max(0, probability))))

/** The map as it is: grey PNG, one pixel a cell, value = probability × 255. */
export function encodeMap(map: ProbabilityMap): Promise<Buffer> {
  return sharp(levelsOf(map), { raw: { width: map.size, height: map.size, channels: 1 } })
    .toColourspace('b-w')
    .png()
    .toBuffer()
}

/** The map in colour, smoothly enlarged to 448 × 448 RGBA pixels and transparent where it is low. */
async function colouredMap(map: ProbabilityMap): Promise<Uint8Array> {
  const levels = await sharp(levelsOf(map), { raw: { width: map.size, height: map.size, channels: 1 } })
    .resize(SIDE, SIDE, { fit: 'fill', kernel: 'cubic' })
    .toColourspace('b-w')
    .raw()
    .toBuffer()
  return colourise(levels)
}

const asOverlay = (pixels: Uint8Array) => sharp(pixels, { raw: { width: SIDE, height: SIDE, channels: 4 } })

/** Transparent PNG, 448 × 448 pixels, to lay over the crop at any opacity. */
export async function encodeOverlay(map: ProbabilityMap): Promise<Buffer> {
  return asOverlay(await colouredMap(map))
    .png()
    .toBuffer()
}

// Drawn once: it is the same under every map.
let legend: Promise<Uint8Array> | undefined

/** A scale under the map, the same for all of them: the colours of 0 to 1 as they look over mid grey, raw RGB. */
async function drawLegend(): Promise<Uint8Array> {
  const width = SIDE - 32
  const row = Uint8Array.from({ length: width }, (_, x) => Math.round((255 * x) / (width - 1)))
  const strip = await sharp(colourise(row), { raw: { width, height: 1, channels: 4 } })
    .flatten({ background: '#808080' })
    .resize(width, 12, { fit: 'fill', kernel: 'nearest' })
    .png()
    .toBuffer()
  const { ink, page } = PALETTE.dark
  const baseline = 34 + 14 * CAP_HEIGHT
  const text = (content: string, x: number) => drawText(content, { x, y: baseline, size: 14, fill: ink })
  const lettering = `<svg xmlns="http://www.w3.org/2000/svg" width="${SIDE}" height="${LEGEND}">${text('0', 16)}${text(TEXT.legend, (SIDE - textWidth(TEXT.legend, 14)) / 2)}${text('1', SIDE - 16 - textWidth('1', 14))}</svg>`
  return sharp({ create: { width: SIDE, height: LEGEND, channels: 3, background: page } })
    .composite([{ input: strip, left: 16, top: 14 }, { input: Buffer.from(lettering) }])
    .removeAlpha()
    .raw()
    .toBuffer()
}

/** The crop in grey, the map in colour over it and a scale below: PNG, 448 × 508 pixels. */
export async function encodeHeatMap(crop: Picture, map: ProbabilityMap): Promise<Buffer> {
  const raw = { width: crop.width, height: crop.height, channels: 3 as const }
  const grey = await sharp(crop.data, { raw })
    .resize(SIDE, SIDE, { fit: 'fill' })
    .greyscale()
    .toColourspace('b-w')
    .raw()
    .toBuffer()
  const colours = await colouredMap(map)
  const pixels = new Uint8Array(3 * SIDE * (SIDE + LEGEND))
  for (let at = 0; at < SIDE * SIDE; at++) {
    const share = colours[4 * at + 3]! / 255
    for (let channel = 0; channel < 3; channel++) {
      pixels[3 * at + channel] = Math.round(colours[4 * at + channel]! * share + grey[at]! * (1 - share))
    }
  }
  legend ??= drawLegend()
  pixels.set(await legend, 3 * SIDE * SIDE)
  return sharp(pixels, { raw: { width: SIDE, height: SIDE + LEGEND, channels: 3 } })
    .png()
    .toBuffer()
}
