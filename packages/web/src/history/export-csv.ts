import type { AnalysisSummary } from '@unswap/contract'

const COLUMNS: Readonly<Record<string, (item: AnalysisSummary) => string | number | null | undefined>> = {
  id: (item) => item.id,
  name: (item) => item.name,
  sha256: (item) => item.sha256,
  kind: (item) => item.kind,
  state: (item) => item.state,
  verdict: (item) => item.verdict?.band,
  probability: (item) => item.verdict?.probability,
  family: (item) => item.verdict?.family,
  reasons: (item) => item.verdict?.reasons.map((reason) => reason.code).join(' '),
  faces: (item) => item.faces,
  override: (item) => item.override,
  error: (item) => item.error?.code,
  created: (item) => item.createdAt,
}

/** A cell, quoted as RFC 4180 says. A leading =, +, -, @, tab or return gets a ' first: spreadsheets would run it. */
function cell(value: string | number | null | undefined): string {
  if (typeof value === 'number') return String(value)
  const safe = /^[=+\-@\t\r]/.test(value ?? '') ? `'${value}` : (value ?? '')
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** The analyses as a CSV file, a line each. */
export function toCsv(items: readonly AnalysisSummary[]): string {
  const rows = [
    Object.keys(COLUMNS),
    ...items.map((item) => Object.values(COLUMNS).map((read) => read(item))),
  ]
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('')
}
