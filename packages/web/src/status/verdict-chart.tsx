import type { Band, Stats } from '@unswap/contract'
import { useEffect, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { when } from '../format.ts'
import { text } from '../text.ts'
import { BandLabel } from '../ui/band.tsx'
import { useThemeVersion } from '../ui/theme.tsx'

const BANDS: readonly Band[] = ['likely_manipulated', 'inconclusive', 'likely_authentic']
const TOKEN = {
  likely_manipulated: '--manipulated',
  inconclusive: '--inconclusive',
  likely_authentic: '--authentic',
}
const DASH = { likely_manipulated: [], inconclusive: [6, 4], likely_authentic: [2, 3] }
const HEIGHT = 220

/** Verdicts per stretch of time as lines, and as a table for those who cannot see the lines. */
export function VerdictChart({ stats }: { stats: Stats }) {
  const place = useRef<HTMLDivElement>(null)
  const theme = useThemeVersion()
  // Painted anew when the figures or the theme change.
  useEffect(() => {
    const box = place.current
    if (!box) return
    const style = getComputedStyle(document.documentElement)
    const colour = (token: string) => style.getPropertyValue(token).trim()
    const axis = {
      stroke: colour('--muted'),
      grid: { stroke: colour('--line') },
      ticks: { stroke: colour('--line') },
    }
    const data: uPlot.AlignedData = [
      stats.series.map((each) => Date.parse(each.at) / 1000),
      ...BANDS.map((band) => stats.series.map((each) => each[band])),
    ]
    const chart = new uPlot(
      {
        width: box.clientWidth,
        height: HEIGHT,
        axes: [axis, { ...axis, size: 40 }],
        legend: { show: false },
        scales: { y: { range: (_chart, _low, high) => [0, Math.max(1, high)] } },
        series: [
          {},
          ...BANDS.map((band) => ({
            stroke: colour(TOKEN[band]),
            width: 2,
            dash: DASH[band],
            points: { show: false },
          })),
        ],
      },
      data,
      box,
    )
    const watch = new ResizeObserver(() => chart.setSize({ width: box.clientWidth, height: HEIGHT }))
    watch.observe(box)
    return () => {
      watch.disconnect()
      chart.destroy()
    }
  }, [stats, theme])
  const shown = stats.series.filter((each) => each.completed + each.failed > 0)
  return (
    <>
      <div className="flex flex-wrap gap-4 text-sm">
        {BANDS.map((band) => (
          <BandLabel key={band} band={band} />
        ))}
      </div>
      <div ref={place} aria-hidden="true" style={{ height: HEIGHT }} className="my-2 overflow-hidden" />
      <details>
        <summary className="cursor-pointer">{text.status.table}</summary>
        <table className="mt-2 w-full text-sm">
          <thead>
            <tr>
              <th scope="col">{text.status.time}</th>
              {BANDS.map((band) => (
                <th key={band} scope="col">
                  {text.bands[band]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((each) => (
              <tr key={each.at} className="border-t border-line">
                <td>{when(each.at)}</td>
                {BANDS.map((band) => (
                  <td key={band} className="tabular-nums">
                    {each[band]}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </>
  )
}
