import type { Band } from '@unswap/contract'

/**
 * The colours of a report. The three verdict colours differ in lightness as well as in hue, so that colour-blind
 * people can tell them apart. Each always comes with a word or a shape.
 * `light` and `dark` hold text and lines on the page (contrast of at least 4.5 on `page` and `surface`);
 * `mark` holds what is drawn over photographs, with `markInk` for the text on it.
 */
export const PALETTE = {
  light: {
    page: '#ffffff',
    surface: '#f4f5f6',
    ink: '#14181d',
    muted: '#505965',
    rule: '#d3d8dd',
    likely_manipulated: '#8c2207',
    inconclusive: '#8a5c00',
    likely_authentic: '#1f669e',
  },
  dark: {
    page: '#14171b',
    surface: '#1d2126',
    ink: '#eceff2',
    muted: '#a7b0ba',
    rule: '#363d45',
    likely_manipulated: '#ff7f4d',
    inconclusive: '#f2d566',
    likely_authentic: '#6db5f5',
  },
  mark: { likely_manipulated: '#d1420a', inconclusive: '#ffc93d', likely_authentic: '#1f74bd' },
  markInk: { likely_manipulated: '#ffffff', inconclusive: '#14181d', likely_authentic: '#ffffff' },
} as const satisfies {
  light: Record<string, string> & Record<Band, string>
  dark: Record<string, string> & Record<Band, string>
  mark: Record<Band, string>
  markInk: Record<Band, string>
}
