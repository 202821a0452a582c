import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import type { AnalysisSummary } from '@unswap/contract'
import { useState } from 'react'
import { historyQuery, useDelete } from '../api/analysis-queries.ts'
import { text } from '../text/text.ts'
import { Button } from '../ui/button.tsx'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { Failure, Loading } from '../ui/notice.tsx'
import { PageTitle } from '../ui/page-title.tsx'
import { saveFile } from '../ui/save-file.ts'
import { AnalysisRow } from './analysis-row.tsx'
import { toCsv } from './export-csv.ts'
import { FilterBar } from './filter-bar.tsx'

const t = text.history

export function HistoryPage() {
  const filters = useSearch({ from: '/history' })
  const navigate = useNavigate({ from: '/history' })
  const query = useInfiniteQuery(historyQuery(filters))
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const [asking, setAsking] = useState(false)
  const erase = useDelete()
  const items = query.data?.pages.flatMap((page) => page.items) ?? []
  const chosen = items.filter((item) => selected.has(item.id))
  const toggle = (item: AnalysisSummary) =>
    setSelected((before) => {
      const after = new Set(before)
      if (!after.delete(item.id)) after.add(item.id)
      return after
    })
  return (
    <>
      <PageTitle>{t.title}</PageTitle>
      <FilterBar value={filters} onChange={(search) => navigate({ search, replace: true })} />
      <div className="no-print flex min-h-10 flex-wrap items-center gap-2">
        <Button
          disabled={!items.length}
          onClick={() => saveFile(toCsv(chosen.length ? chosen : items), 'text/csv', 'unswap-history.csv')}
        >
          {t.exportCsv}
        </Button>
        {chosen.length > 0 && (
          <>
            <Button look="danger" onClick={() => setAsking(true)}>
              {t.deleteSelected}
            </Button>
            <span role="status">{t.selected(chosen.length)}</span>
          </>
        )}
      </div>
      {query.error && <Failure error={query.error} retry={() => query.refetch()} />}
      {erase.error && <Failure error={erase.error} />}
      {query.isPending ? (
        <Loading height="30rem" />
      ) : items.length === 0 ? (
        <p className="grid gap-3 py-10 text-center text-muted">
          {Object.keys(filters).length ? t.emptyFiltered : t.empty}
          <Link to="/">{t.begin}</Link>
        </p>
      ) : (
        <ul className="grid grid-cols-1 gap-2">
          {items.map((item) => (
            <AnalysisRow
              key={item.id}
              item={item}
              selected={selected.has(item.id)}
              onToggle={() => toggle(item)}
            />
          ))}
        </ul>
      )}
      {query.hasNextPage && (
        <Button onClick={() => query.fetchNextPage()} disabled={query.isFetchingNextPage}>
          {text.more}
        </Button>
      )}
      <ConfirmDialog
        open={asking}
        title={t.deleteTitle(chosen.length)}
        detail={text.result.deleteText}
        action={text.remove}
        onClose={() => setAsking(false)}
        onConfirm={() => {
          setAsking(false)
          erase.mutate([...selected], { onSuccess: () => setSelected(new Set()) })
        }}
      />
    </>
  )
}
