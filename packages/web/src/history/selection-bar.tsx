import type { AnalysisQuery, AnalysisSummary } from '@unswap/contract'
import { useId, useState } from 'react'
import { useExport } from '../api/history-queries.ts'
import { text } from '../text/text.ts'
import { Button } from '../ui/button.tsx'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { Failure } from '../ui/notice.tsx'
import { eraseSoon } from './pending-erasure.ts'
import type { useRowSelection } from './row-selection.ts'

const t = text.history

/** Ticks all rows, and exports or erases those that are ticked. Each button says how many it is about. */
export function SelectionBar(props: {
  items: readonly AnalysisSummary[]
  /** Analyses in all pages of the list; null until that is known. */
  total: number | null
  query: AnalysisQuery
  selection: ReturnType<typeof useRowSelection>
  loadAll: () => Promise<readonly AnalysisSummary[]>
}) {
  const { items, total, selection } = props
  const { chosen } = selection
  const [asking, setAsking] = useState(false)
  const [loading, setLoading] = useState(false)
  const csv = useExport('unswap-history.csv')
  const id = useId()
  const ids = chosen.map((item) => item.id)
  const all = items.length > 0 && chosen.length === items.length
  const more = total !== null && total > items.length
  return (
    <div className="no-print flex min-h-10 flex-wrap items-center gap-2">
      <label htmlFor={id} className="flex min-h-10 items-center gap-2 pl-2">
        <input
          id={id}
          type="checkbox"
          className="size-5"
          disabled={!items.length}
          checked={all}
          ref={(box) => {
            if (box) box.indeterminate = !all && chosen.length > 0
          }}
          onChange={() => selection.choose(all ? [] : items)}
        />
        {t.selectShown}
      </label>
      {all && more && (
        <Button
          disabled={loading}
          onClick={async () => {
            setLoading(true)
            selection.choose(await props.loadAll())
            setLoading(false)
          }}
        >
          {t.selectAll(total)}
        </Button>
      )}
      <Button
        disabled={!items.length || csv.isPending}
        onClick={() => csv.mutate(ids.length ? { ids } : { query: props.query })}
      >
        {ids.length ? t.exportSome(ids.length) : t.exportAll(total)}
      </Button>
      {ids.length > 0 && (
        <Button look="danger" onClick={() => setAsking(true)}>
          {t.deleteSelected}
        </Button>
      )}
      <span role="status">
        {ids.length > 0 ? t.selected(ids.length) : csv.isSuccess ? t.exported(csv.data) : ''}
      </span>
      {csv.error && <Failure error={csv.error} />}
      <ConfirmDialog
        open={asking}
        title={t.deleteTitle(ids.length)}
        detail={t.deleteText}
        action={text.remove}
        onClose={() => setAsking(false)}
        onConfirm={() => {
          setAsking(false)
          eraseSoon(ids)
          selection.choose([])
        }}
      />
    </div>
  )
}
