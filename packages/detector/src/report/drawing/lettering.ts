import { CAP_HEIGHT_UNITS, GLYPHS, UNITS_PER_EM } from './font/inter.ts'

/** Height of a capital letter, as a share of the size. */
export const CAP_HEIGHT = CAP_HEIGHT_UNITS / UNITS_PER_EM

const glyphOf = (character: string) => GLYPHS[character] ?? GLYPHS['?']!

/** Width of `text` in pixels when set at `size` pixels an em. */
export function textWidth(text: string, size: number): number {
  let units = 0
  for (const character of text) units += glyphOf(character)[0]
  return (units * size) / UNITS_PER_EM
}

/** The longest beginning of `text` that fits into `width` pixels, with an ellipsis where it was cut. */
export function fitText(text: string, size: number, width: number): string {
  if (textWidth(text, size) <= width) return text
  const characters = [...text]
  while (characters.length > 0 && textWidth(`${characters.join('')}…`, size) > width) characters.pop()
  return characters.length === 0 ? '' : `${characters.join('').trimEnd()}…`
}

/**
 * SVG of one line of text as outlines: pictures are made on machines that have no fonts, and must look the same
 * on all. `x`, `y` in pixels are the start of the baseline. Characters outside the font become `?`.
 */
export function drawText(
  text: string,
  place: { readonly x: number; readonly y: number; readonly size: number; readonly fill: string },
): string {
  const scale = place.size / UNITS_PER_EM
  let at = 0
  let outlines = ''
  for (const character of text) {
    const [advance, outline] = glyphOf(character)
    if (outline !== '') outlines += `<path transform="translate(${at})" d="${outline}"/>`
    at += advance
  }
  return `<g fill="${place.fill}" transform="translate(${place.x.toFixed(2)} ${place.y.toFixed(2)}) scale(${scale.toFixed(5)})">${outlines}</g>`
}
