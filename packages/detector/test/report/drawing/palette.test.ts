import { BANDS } from '@unswap/contract'
import { describe, expect, test } from 'vitest'
import { PALETTE } from '../../../src/report/drawing/palette.ts'

type Linear = readonly [number, number, number]

const linear = (hex: string): Linear =>
  [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }) as unknown as Linear

/** WCAG 2.2 contrast ratio. */
function contrast(a: string, b: string): number {
  const [darker, lighter] = [a, b]
    .map((hex) => linear(hex).reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index]!, 0))
    .sort((x, y) => x - y) as [number, number]
  return (lighter + 0.05) / (darker + 0.05)
}

const times = (matrix: readonly Linear[], colour: Linear): Linear =>
  matrix.map((row) =>
    row.reduce((sum, factor, index) => sum + factor * colour[index]!, 0),
  ) as unknown as Linear

/** Complete protanopia, deuteranopia and tritanopia: Machado, Oliveira and Fernandes 2009, table 1. */
const SIGHT: Record<string, readonly Linear[]> = {
  usual: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritan: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
}

/** Distance in Oklab, × 100; about 2 is just noticeable. */
function distance(a: string, b: string, sight: readonly Linear[]): number {
  const oklab = (hex: string) => {
    const seen = times(sight, linear(hex)).map((part) => Math.min(1, Math.max(0, part))) as unknown as Linear
    const cones = times(
      [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
      ],
      seen,
    ).map(Math.cbrt) as unknown as Linear
    return times(
      [
        [0.2104542553, 0.793617785, -0.0040720468],
        [1.9779984951, -2.428592205, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.808675766],
      ],
      cones,
    )
  }
  const [from, to] = [oklab(a), oklab(b)]
  return 100 * Math.hypot(...from.map((part, index) => part - to[index]!))
}

describe('PALETTE', () => {
  test.each(['light', 'dark'] as const)('text and lines of the %s theme can be read (WCAG AA)', (name) => {
    const theme = PALETTE[name]
    for (const colour of [theme.ink, theme.muted, ...BANDS.map((band) => theme[band])]) {
      expect(contrast(colour, theme.page)).toBeGreaterThanOrEqual(4.5)
      expect(contrast(colour, theme.surface)).toBeGreaterThanOrEqual(4.5)
    }
  })

  test('text on labels can be read (WCAG AA)', () => {
    for (const band of BANDS) {
      expect(contrast(PALETTE.mark[band], PALETTE.markInk[band])).toBeGreaterThanOrEqual(4.5)
    }
  })

  test.each(Object.keys(SIGHT))('verdicts stay apart for %s sight', (kind) => {
    for (const [theme, least] of [
      ['mark', 20],
      ['light', 8],
      ['dark', 8],
    ] as const) {
      const [a, b, c] = BANDS.map((band) => PALETTE[theme][band]) as [string, string, string]
      for (const [from, to] of [
        [a, b],
        [b, c],
        [a, c],
      ] as const) {
        expect(distance(from, to, SIGHT[kind]!), `${theme}: ${from} and ${to}`).toBeGreaterThan(least)
      }
    }
  })
})
