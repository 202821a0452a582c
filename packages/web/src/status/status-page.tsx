import { useQuery } from '@tanstack/react-query'
import type { Stats } from '@unswap/contract'
import { useId, useState } from 'react'
import { statsQuery } from '../api/service-queries.ts'
import { decimal, duration } from '../format.ts'
import { text } from '../text/text.ts'
import { Card } from '../ui/card.tsx'
import { Failure, Loading } from '../ui/notice.tsx'
import { PageTitle } from '../ui/page-title.tsx'
import { ProbabilityHistogram } from './probability-histogram.tsx'
import { VerdictChart } from './verdict-chart.tsx'

const t = text.status
const PERIODS = { 24: t.day, 168: t.week, 720: t.month } as const

export function StatusPage() {
  const id = useId()
  const [hours, setHours] = useState(24)
  const query = useQuery(statsQuery(hours))
  return (
    <>
      <PageTitle
        aside={
          <label htmlFor={id} className="flex items-center gap-2">
            {t.hours}
            <select id={id} value={hours} onChange={(event) => setHours(Number(event.target.value))}>
              {Object.entries(PERIODS).map(([value, label]) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </select>
          </label>
        }
      >
        {t.title}
      </PageTitle>
      {query.error && <Failure error={query.error} retry={() => query.refetch()} />}
      {query.data ? <Figures stats={query.data} /> : !query.error && <Loading height="40rem" />}
    </>
  )
}

function Figures({ stats }: { stats: Stats }) {
  const figures = [
    [t.queue, stats.queue.queued],
    [t.running, stats.queue.running],
    [t.oldest, stats.queue.oldestSeconds === null ? '–' : duration(stats.queue.oldestSeconds)],
    [t.perMinute, decimal(stats.perMinute)],
    [t.median, stats.medianSeconds === null ? '–' : duration(stats.medianSeconds)],
    [text.states.completed, stats.totals.completed],
    [text.states.failed, stats.totals.failed],
    [t.noFace, stats.noFace],
  ] as const
  return (
    <>
      <dl className="grid grid-cols-2 gap-2 sm:grid-cols-4">
        {figures.map(([name, value]) => (
          <div key={name} className="rounded-xl border border-line bg-paper p-3">
            <dt className="text-sm text-muted">{name}</dt>
            <dd className="text-2xl font-semibold tabular-nums">{value}</dd>
          </div>
        ))}
      </dl>
      <Card title={t.verdicts}>
        {stats.totals.completed ? <VerdictChart stats={stats} /> : <p className="text-muted">{t.nothing}</p>}
      </Card>
      <Card title={t.probabilities}>
        <ProbabilityHistogram counts={stats.probabilities} />
      </Card>
    </>
  )
}
