import type { AnalysisQuery } from '@unswap/contract'
import { ANALYSIS_SORTS, BANDS, FAMILIES, MEDIA_KINDS } from '@unswap/contract/vocabulary'

/** The filters in the page's address. `from` and `to` are days, `YYYY-MM-DD`, and both belong to the period. */
export type Filters = Pick<
  AnalysisQuery,
  'text' | 'verdict' | 'family' | 'kind' | 'tag' | 'from' | 'to' | 'sort'
> & { decided?: 'yes' | 'no' }

/** Reads filters; values that are not allowed are left out. */
export function readFilters(search: Record<string, unknown>): Filters {
  const one = <T extends string>(name: string, allowed: readonly T[]): T | undefined =>
    allowed.find((value) => value === search[name])
  // The address may hold a number, where only digits were typed.
  const word = (name: string): string | undefined => {
    const value = search[name]
    return typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, 255) : undefined
  }
  const all = {
    text: word('text') || undefined,
    verdict: one('verdict', BANDS),
    decided: one('decided', ['yes', 'no']),
    family: one('family', FAMILIES),
    kind: one('kind', MEDIA_KINDS),
    tag: word('tag')?.slice(0, 64) || undefined,
    from: dayOf(word('from')),
    to: dayOf(word('to')),
    sort: one('sort', ANALYSIS_SORTS),
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Filters
}

function dayOf(value = ''): string | undefined {
  const day = value.slice(0, 10)
  return /^\d{4}-\d\d-\d\d$/.test(day) && startOf(day) ? day : undefined
}

/** When a day begins where the reader is, `later` days on; null for one that no calendar has. */
function startOf(day: string, later = 0): string | null {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number]
  const start = new Date(year, month - 1, date + later)
  const valid = later > 0 || (start.getMonth() === month - 1 && start.getDate() === date)
  return valid ? start.toISOString() : null
}

/** The filters as the service takes them: days become exact moments, the last day with its end. */
export function toQuery({ from, to, decided, ...same }: Filters): AnalysisQuery {
  const [start, end] = [from && startOf(from), to && startOf(to, 1)]
  return {
    ...same,
    ...(decided ? { decided: decided === 'yes' } : {}),
    ...(start ? { from: start } : {}),
    ...(end ? { to: end } : {}),
  }
}
