import type { AnalysisQuery } from '@unswap/contract'
import { ANALYSIS_SORTS, BANDS, FAMILIES, MEDIA_KINDS } from '@unswap/contract/vocabulary'

/** The filters in the page's address. Values that are not allowed are left out. */
export type Filters = Pick<
  AnalysisQuery,
  'text' | 'verdict' | 'family' | 'kind' | 'tag' | 'from' | 'to' | 'sort'
>

export function readFilters(search: Record<string, unknown>): Filters {
  const one = <T extends string>(name: string, allowed: readonly T[]): T | undefined =>
    allowed.find((value) => value === search[name])
  const word = (name: string): string | undefined =>
    typeof search[name] === 'string' && search[name] ? (search[name] as string).slice(0, 255) : undefined
  const all = {
    text: word('text'),
    verdict: one('verdict', BANDS),
    family: one('family', FAMILIES),
    kind: one('kind', MEDIA_KINDS),
    tag: word('tag')?.slice(0, 64),
    from: word('from'),
    to: word('to'),
    sort: one('sort', ANALYSIS_SORTS),
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Filters
}
