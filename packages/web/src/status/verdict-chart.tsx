import type { Stats } from '@unswap/contract'
import { BANDS } from '@unswap/contract/vocabulary'
import { duration, when } from '../format.ts'
import { text } from '../text/text.ts'
import { BAND_FILL, BandLabel } from '../ui/band-label.tsx'

const t = text.status

/** The next round number above a count, as the height of the axis. */
function roundUp(most: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, most)))
  return [1, 2, 3, 4, 6, 8, 10].map((step) => step * power).find((step) => step >= most) ?? most
}

/** Verdicts per stretch of time as stacked bars, and as a table for those who cannot see the bars. */
export function VerdictChart({ stats }: { stats: Stats }) {
  const { series } = stats
  const total = (each: Stats['series'][number]) => BANDS.reduce((sum, band) => sum + each[band], 0)
  const top = roundUp(Math.max(...series.map(total)))
  const marks = [series[0], series[series.length >> 1], series.at(-1)].filter((each) => each !== undefined)
  const shown = series.filter((each) => each.completed + each.failed > 0)
  return (
    <>
      <div className="flex flex-wrap gap-x-4 text-sm">
        {BANDS.map((band) => (
          <BandLabel key={band} band={band} />
        ))}
      </div>
      <p className="mt-1 text-sm text-muted">{t.per(duration(stats.bucketSeconds))}</p>
      <div aria-hidden="true" className="mt-2 grid grid-cols-[auto_1fr] gap-x-2 text-xs text-muted">
        <div className="flex h-48 flex-col justify-between text-right leading-none tabular-nums">
          <span>{top}</span>
          {top % 2 === 0 && <span>{top / 2}</span>}
          <span>0</span>
        </div>
        <div className="flex h-48 items-end gap-px border-y border-line bg-[linear-gradient(var(--line),var(--line))] bg-[length:100%_1px] bg-center bg-no-repeat">
          {series.map((each) => (
            <div key={each.at} className="flex h-full min-w-0 grow basis-0 flex-col justify-end gap-px">
              {BANDS.filter((band) => each[band] > 0).map((band) => (
                <div
                  key={band}
                  style={{ height: `${(each[band] / top) * 100}%`, background: BAND_FILL[band] }}
                />
              ))}
            </div>
          ))}
        </div>
        <div className="col-start-2 flex justify-between pt-1">
          {marks.map((each) => (
            <span key={each.at}>{when(each.at)}</span>
          ))}
        </div>
      </div>
      <details className="mt-3">
        <summary className="cursor-pointer">{t.table}</summary>
        <table className="mt-2 w-full text-sm">
          <thead>
            <tr>
              <th scope="col">{t.time}</th>
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
