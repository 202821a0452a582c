import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { countQuery, historyQuery } from '../api/history-queries.ts'
import { text } from '../text/text.ts'
import { Button } from '../ui/button.tsx'
import { Failure, Loading } from '../ui/notice.tsx'
import { PageTitle } from '../ui/page-title.tsx'
import { AnalysisRow } from './analysis-row.tsx'
import { FilterBar } from './filter-bar.tsx'
import { toQuery } from './history-filters.ts'
import { usePendingErasure } from './pending-erasure.ts'
import { useRowSelection } from './row-selection.ts'
import { SelectionBar } from './selection-bar.tsx'

const t = text.history

export function HistoryPage() {
  const filters = useSearch({ from: '/history' })
  const navigate = useNavigate({ from: '/history' })
  const query = toQuery(filters)
  const list = useInfiniteQuery(historyQuery(query))
  const total = useQuery(countQuery(query)).data?.count ?? null
  const pending = usePendingErasure()
  const items = (list.data?.pages.flatMap((page) => page.items) ?? []).filter(
    ({ id }) => !pending?.ids.includes(id),
  )
  const selection = useRowSelection(items)
  const loadAll = async () => {
    let pages = list.data?.pages ?? []
    for (let more = list.hasNextPage; more; ) {
      const next = await list.fetchNextPage()
      pages = next.data?.pages ?? pages
      more = next.hasNextPage && !next.isError
    }
    return pages.flatMap((page) => page.items)
  }
  return (
    <>
      <PageTitle>{t.title}</PageTitle>
      <FilterBar value={filters} onChange={(search) => navigate({ search, replace: true })} />
      <SelectionBar items={items} total={total} query={query} selection={selection} loadAll={loadAll} />
      {list.error && <Failure error={list.error} retry={() => list.refetch()} />}
      {list.isPending ? (
        !list.error && <Loading height="30rem" />
      ) : items.length === 0 ? (
        <p className="grid gap-3 py-10 text-center text-muted">
          {Object.keys(filters).length ? t.emptyFiltered : t.empty}
          <Link to="/">{t.begin}</Link>
        </p>
      ) : (
        <ul className="grid grid-cols-1 gap-2" aria-busy={list.isPlaceholderData}>
          {items.map((item) => (
            <AnalysisRow
              key={item.id}
              item={item}
              selected={selection.ids.has(item.id)}
              onToggle={(range) => selection.toggle(item.id, range)}
            />
          ))}
        </ul>
      )}
      {list.hasNextPage && (
        <Button onClick={() => list.fetchNextPage()} disabled={list.isFetchingNextPage}>
          {text.more}
        </Button>
      )}
    </>
  )
}
