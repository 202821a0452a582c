import type { AnalysisSummary } from '@unswap/contract'
import { toAnalysisSummary } from '../analyses/present-analysis.ts'
import { type AnalysisFilter, type AnalysisPage, listAnalyses } from '../storage/analyses/analysis-list.ts'
import type { Database } from '../storage/database.ts'

type Value = string | number | null | undefined

/** `decided` is what a person decided; `verdict` and what follows it are the machine's. */
const COLUMNS: Readonly<Record<string, (item: AnalysisSummary) => Value>> = {
  id: (item) => item.id,
  name: (item) => item.name,
  sha256: (item) => item.sha256,
  kind: (item) => item.kind,
  tags: (item) => item.tags.join(' '),
  state: (item) => item.state,
  decided: (item) => item.override,
  verdict: (item) => item.verdict?.band,
  probability: (item) => item.verdict?.probability,
  family: (item) => item.verdict?.family,
  reasons: (item) => item.verdict?.reasons.map((reason) => reason.code).join(' '),
  faces: (item) => item.faces,
  error: (item) => item.error?.code,
  created: (item) => item.createdAt,
}

/** Rows read at a time, so that memory does not grow with their number. */
const CHUNK = 500

/** A cell, quoted as RFC 4180 says. A leading =, +, -, @, tab or return gets a ' first: spreadsheets would run it. */
function cell(value: Value): string {
  if (typeof value === 'number') return String(value)
  const safe = /^[=+\-@\t\r]/.test(value ?? '') ? `'${value}` : (value ?? '')
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

const line = (cells: readonly Value[]): string => `${cells.map(cell).join(',')}\r\n`

/** The analyses as CSV: a line with the names of the columns, then a line for each, in chunks. */
export async function* writeCsv(
  db: Database,
  filter: AnalysisFilter & Pick<AnalysisPage, 'sort'>,
): AsyncGenerator<string, void, undefined> {
  yield line(Object.keys(COLUMNS))
  const columns = Object.values(COLUMNS)
  let cursor: string | undefined
  do {
    const { items, next } = await listAnalyses(db, { ...filter, limit: CHUNK, cursor })
    const rows = items.map(toAnalysisSummary).map((item) => line(columns.map((read) => read(item))))
    if (rows.length) yield rows.join('')
    cursor = next ?? undefined
  } while (cursor !== undefined)
}
