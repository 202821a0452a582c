import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import type { AnalysisSummary } from '@unswap/contract'
import { BANDS } from '@unswap/contract/vocabulary'
import { batchQuery, refusedQuery } from '../api/analysis-queries.ts'
import { useExport } from '../api/history-queries.ts'
import { percent } from '../format.ts'
import { text } from '../text/text.ts'
import { BandLabel } from '../ui/band-label.tsx'
import { Button } from '../ui/button.tsx'
import { Card } from '../ui/card.tsx'
import { ProgressBar } from '../ui/meter.tsx'
import { Failure, Loading, Notice } from '../ui/notice.tsx'
import { PageTitle } from '../ui/page-title.tsx'
import { ScrollingTable } from '../ui/scrolling-table.tsx'

const t = text.batch

/** Most suspicious first; what has no probability comes last, in the order of the files. */
const bySuspicion = (a: AnalysisSummary, b: AnalysisSummary): number =>
  (b.verdict?.probability ?? -1) - (a.verdict?.probability ?? -1)

/** Many files, one table, most suspicious first. */
export function BatchPage() {
  const { id } = useParams({ from: '/batches/$id' })
  const csv = useExport(`unswap-batch-${id}.csv`)
  const query = useQuery(batchQuery(id))
  const refused = useQuery(refusedQuery(id)).data ?? []
  if (query.error && !query.data) return <Failure error={query.error} retry={() => query.refetch()} />
  if (!query.data) return <Loading height="30rem" />
  const batch = query.data
  const done = batch.states.completed + batch.states.failed + batch.states.cancelled
  return (
    <>
      <PageTitle
        aside={
          <Button
            disabled={!done || csv.isPending}
            onClick={() => csv.mutate({ query: { batch: batch.id, sort: '-probability' } })}
          >
            {text.history.exportSome(batch.total)}
          </Button>
        }
      >
        {batch.name ?? t.title}
      </PageTitle>
      {csv.error && <Failure error={csv.error} />}
      <div>
        <ProgressBar label={t.title} share={batch.total ? done / batch.total : null} />
        <p aria-live="polite" className="mt-1">
          {t.counts(done, batch.total)}
        </p>
        <ul aria-label={t.bands} className="mt-2 flex flex-wrap gap-x-6 gap-y-1">
          {BANDS.map((band) => (
            <li key={band} className="flex items-baseline gap-2">
              <span className="text-2xl font-semibold tabular-nums">
                {batch.analyses.filter((item) => (item.override ?? item.verdict?.band) === band).length}
              </span>
              <BandLabel band={band} />
            </li>
          ))}
        </ul>
      </div>
      {refused.length > 0 && (
        <Notice alert>
          <p className="font-semibold">{t.refused}</p>
          <ul>
            {refused.map((each) => (
              <li key={`${each.name}${each.error.code}`}>
                {each.name}: {each.error.detail}
              </li>
            ))}
          </ul>
        </Notice>
      )}
      <Card>
        {/* On a telephone there is no room for the number of faces. */}
        <div className="max-sm:[&_:is(td,th):last-child]:hidden">
          <ScrollingTable label={t.title} columns={[t.file, t.verdict, t.probability, t.faces]}>
            {batch.analyses.toSorted(bySuspicion).map((item) => (
              <tr key={item.id} className="border-b border-line">
                <td className="max-w-20 truncate p-1 sm:max-w-64 sm:p-2">
                  <Link to="/analyses/$id" params={{ id: item.id }}>
                    {item.name ?? text.history.unnamed}
                  </Link>
                </td>
                <td className="p-1 sm:p-2 sm:whitespace-nowrap">
                  {item.verdict ? (
                    <>
                      <BandLabel band={item.override ?? item.verdict.band} />
                      {item.override && <span className="block text-sm">{text.result.override}</span>}
                    </>
                  ) : (
                    (item.error?.detail ?? text.states[item.state])
                  )}
                </td>
                <td className="p-1 tabular-nums sm:p-2">
                  {item.verdict && item.verdict.probability !== null
                    ? percent(item.verdict.probability)
                    : '–'}
                </td>
                <td className="p-1 tabular-nums sm:p-2">{item.faces ?? '–'}</td>
              </tr>
            ))}
          </ScrollingTable>
        </div>
      </Card>
    </>
  )
}
