import type { Band } from '@unswap/contract'
import { CAP_HEIGHT, drawText, textWidth } from './lettering.ts'
import { PALETTE } from './palette.ts'

/** An area of an output picture, in its pixels. */
export interface Area {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** The shape of a band as an SVG path around a centre: triangle, diamond or disc, `size` pixels high. */
export function bandShape(band: Band, x: number, y: number, size: number): string {
  const half = size / 2
  const at = (dx: number, dy: number) => `${(x + dx * half).toFixed(2)} ${(y + dy * half).toFixed(2)}`
  if (band === 'likely_manipulated') return `M${at(0, -1)}L${at(1.1, 0.9)}L${at(-1.1, 0.9)}Z`
  if (band === 'inconclusive') return `M${at(0, -1.1)}L${at(1.1, 0)}L${at(0, 1.1)}L${at(-1.1, 0)}Z`
  const radius = (half * 0.95).toFixed(2)
  return `M${at(-0.95, 0)}a${radius} ${radius} 0 1 0 ${(size * 0.95).toFixed(2)} 0a${radius} ${radius} 0 1 0 -${(size * 0.95).toFixed(2)} 0Z`
}

/** SVG of a face box: a dark halo keeps the line visible on any photograph, dashes tell `inconclusive` apart. */
export function drawBox(band: Band, area: Area, line: number): string {
  // On the pixel grid, so that lines are crisp.
  const snap = (value: number) => Math.round(value) + (line % 2) / 2
  const [x, y] = [snap(area.x), snap(area.y)]
  const [width, height] = [snap(area.x + area.width) - x, snap(area.y + area.height) - y]
  const rectangle = `x="${x}" y="${y}" width="${width}" height="${height}" rx="${(line * 1.5).toFixed(1)}" fill="none"`
  const dashes = band === 'inconclusive' ? ` stroke-dasharray="${line * 4} ${line * 2}"` : ''
  return (
    `<rect ${rectangle} stroke="#000" stroke-opacity="0.5" stroke-width="${line + 2}"/>` +
    `<rect ${rectangle} stroke="${PALETTE.mark[band]}" stroke-width="${line}"${dashes}/>`
  )
}

/** Width and height of a label in pixels at a letter size. */
export function labelSize(text: string, size: number): { width: number; height: number } {
  const padding = size * 0.42
  return { width: size * 0.72 + padding * 2.7 + textWidth(text, size), height: size * 1.55 }
}

/** SVG of a label: the band's shape and text on the band's colour, its top left corner at (x, y). */
export function drawLabel(band: Band, text: string, x: number, y: number, size: number): string {
  const { width, height } = labelSize(text, size)
  const padding = size * 0.42
  const ink = PALETTE.markInk[band]
  const middle = y + height / 2
  const shape = bandShape(band, x + padding + size * 0.36, middle, size * 0.66)
  return (
    `<rect x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${width.toFixed(1)}" height="${height.toFixed(1)}" rx="${(size * 0.2).toFixed(1)}" fill="${PALETTE.mark[band]}" stroke="#000" stroke-opacity="0.45"/>` +
    `<path d="${shape}" fill="${ink}"/>` +
    drawText(text, {
      x: x + padding * 1.7 + size * 0.72,
      y: middle + (CAP_HEIGHT * size) / 2,
      size,
      fill: ink,
    })
  )
}
