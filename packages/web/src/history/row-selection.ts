import type { AnalysisSummary } from '@unswap/contract'
import { useRef, useState } from 'react'

/** The rows of the list that are ticked. Only those that are shown count. */
export function useRowSelection(items: readonly AnalysisSummary[]) {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set())
  const anchor = useRef<string | null>(null)
  const chosen = items.filter(({ id }) => ids.has(id))
  return {
    ids,
    chosen,
    /** Ticks or unticks a row; with `range`, all from the one that was ticked last up to it. */
    toggle(id: string, range: boolean): void {
      const order = items.map((item) => item.id)
      const from = range && anchor.current ? order.indexOf(anchor.current) : -1
      const to = order.indexOf(id)
      const among = from < 0 ? [id] : order.slice(Math.min(from, to), Math.max(from, to) + 1)
      const after = new Set(ids)
      for (const each of among) after[ids.has(id) ? 'delete' : 'add'](each)
      anchor.current = id
      setIds(after)
    },
    choose(rows: readonly AnalysisSummary[]): void {
      setIds(new Set(rows.map((item) => item.id)))
    },
  }
}
