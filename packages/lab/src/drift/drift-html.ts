import { escaped } from '../evaluate/report/line-plot.ts'
import { linesOf } from './drift-text.ts'
import type { Drift, KindDrift } from './find-drift.ts'

const STYLE = `
body { font: 15px/1.5 system-ui, sans-serif; max-width: 48rem; margin: 2rem auto; padding: 0 1rem; color: #1c1917 }
pre { overflow-x: auto } svg { max-width: 100% } svg text { font: 10px system-ui, sans-serif; fill: #57534e }
.expected { fill: #a8a29e } .seen { fill: #0b6bcb }`
const BAR = 22
const HEIGHT = 160

/** One page without scripts or outside files: figures, and both histograms beside each other. */
export function driftToHtml({ kinds }: Drift): string {
  const parts = kinds.map(
    (own) => `<h2>${own.kind}</h2>\n${histograms(own)}\n<pre>${escaped(linesOf(own).join('\n'))}</pre>`,
  )
  const none = '<p>This calibration has no reference: fit one with <code>unswap calibrate</code>.</p>'
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Drift</title><style>${STYLE}</style>
<h1>Drift of probabilities</h1>
<p>Grey: shares that the calibration expects. Blue: shares that the service gave.</p>
${parts.length > 0 ? parts.join('\n') : none}
</html>
`
}

function histograms({ kind, bins }: KindDrift): string {
  const most = Math.max(...bins.flatMap(({ expected, seen }) => [expected, seen]))
  const step = 2 * BAR + 8
  const bar = (name: string, x: number, share: number) => {
    const height = (HEIGHT * share) / most
    return (
      `<rect class="${name}" x="${x}" width="${BAR}" y="${(HEIGHT - height).toFixed(1)}" height="${height.toFixed(1)}">` +
      `<title>${(100 * share).toFixed(1)} %</title></rect>`
    )
  }
  const drawn = bins.map(
    ({ to, expected, seen }, i) =>
      `${bar('expected', i * step, expected)}${bar('seen', i * step + BAR, seen)}` +
      `<text x="${i * step + BAR}" y="${HEIGHT + 14}" text-anchor="middle">to ${to}</text>`,
  )
  const label = `Shares of probabilities of ${kind}s, expected and seen`
  return `<svg viewBox="0 0 ${bins.length * step} ${HEIGHT + 20}" role="img" aria-label="${label}">\n${drawn.join('\n')}\n</svg>`
}
