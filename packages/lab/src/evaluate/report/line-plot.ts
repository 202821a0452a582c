/** A line of a plot; x and y are 0..1. */
export interface Line {
  readonly name: string
  readonly points: readonly (readonly [number, number])[]
}

const SIDE = 260
const EDGE = 34
/** Colours of the page, `--c0` to `--c5`; later lines are dashed. */
const COLOURS = 6

/** A square plot as SVG: lines over 0..1 × 0..1, with a legend; `diagonal` marks chance or perfect calibration. */
export function plot(title: string, x: string, y: string, lines: readonly Line[], diagonal = false): string {
  const px = (value: number) => (EDGE + value * SIDE).toFixed(1)
  const py = (value: number) => (EDGE + (1 - value) * SIDE).toFixed(1)
  const height = SIDE + 2 * EDGE + 16 * lines.length
  const grid = [0, 0.25, 0.5, 0.75, 1].flatMap((at) => [
    `<line class="grid" x1="${px(0)}" x2="${px(1)}" y1="${py(at)}" y2="${py(at)}"/>`,
    `<text x="${px(0)}" y="${py(at)}" dx="-5" dy="4" text-anchor="end">${at}</text>`,
    `<text x="${px(at)}" y="${py(0)}" dy="14" text-anchor="middle">${at}</text>`,
  ])
  const drawn = lines.map(({ name, points }, i) => {
    const look = `style="stroke: var(--c${i % COLOURS})"${i < COLOURS ? '' : ' stroke-dasharray="2 3"'}`
    const at = SIDE + 2 * EDGE + 8 + 16 * i
    const path = points.map(([u, v]) => `${px(u)},${py(v)}`).join(' ')
    return (
      `<polyline fill="none" ${look} stroke-width="2" points="${path}"/>` +
      `<line x1="${EDGE}" x2="${EDGE + 18}" y1="${at}" y2="${at}" ${look} stroke-width="2"/>` +
      `<text x="${EDGE + 24}" y="${at + 4}">${escaped(name)}</text>`
    )
  })
  return [
    `<svg viewBox="0 0 ${SIDE + 2 * EDGE} ${height}" role="img" aria-label="${escaped(title)}">`,
    `<text class="title" x="${EDGE}" y="18">${escaped(title)}</text>`,
    ...grid,
    diagonal ? `<line class="grid dash" x1="${px(0)}" y1="${py(0)}" x2="${px(1)}" y2="${py(1)}"/>` : '',
    ...drawn,
    `<text x="${px(0.5)}" y="${py(0)}" dy="28" text-anchor="middle">${escaped(x)}</text>`,
    `<text transform="translate(9 ${py(0.5)}) rotate(-90)" text-anchor="middle">${escaped(y)}</text>`,
    '</svg>',
  ].join('\n')
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

export const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => ENTITIES[character]!)
