import { infiniteQueryOptions, keepPreviousData, queryOptions, useMutation } from '@tanstack/react-query'
import type { AnalysisCount, AnalysisList, AnalysisQuery } from '@unswap/contract'
import { saveFile } from '../ui/save-file.ts'
import { download, request } from './request.ts'

function searchOf(query: AnalysisQuery): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '')
  return new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
}

/** The list, page by page. While another filter loads, the rows of the one before stay. */
export const historyQuery = (query: AnalysisQuery) =>
  infiniteQueryOptions({
    queryKey: ['analyses', query],
    queryFn: ({ pageParam, signal }) =>
      request<AnalysisList>(`/api/v1/analyses?${searchOf({ ...query, cursor: pageParam })}`, { signal }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
  })

/** How many analyses the list has in all its pages. */
export const countQuery = ({ sort: _, ...query }: AnalysisQuery) =>
  queryOptions({
    queryKey: ['analysis-count', query],
    queryFn: ({ signal }) => request<AnalysisCount>(`/api/v1/analyses/count?${searchOf(query)}`, { signal }),
    placeholderData: keepPreviousData,
  })

/** What to export: analyses by their ids, or all of a list. */
export type ExportChoice = { readonly ids: readonly string[] } | { readonly query: AnalysisQuery }

/** Saves analyses as CSV, and gives the number of rows. */
export function useExport(name: string) {
  return useMutation({
    mutationFn: async (choice: ExportChoice) => {
      const { file, rows } =
        'ids' in choice
          ? await download('/api/v1/analyses/export.csv', { method: 'POST', body: choice })
          : await download(`/api/v1/analyses/export.csv?${searchOf(choice.query)}`)
      saveFile(file, name)
      return rows
    },
  })
}
