/** The cell of a row in a named column; null where it is empty or there is no such column. */
export type Cell = (column: string) => string | null

/**
 * The rows of a CSV with a header, by RFC 4180: commas, quotes doubled inside quotes, line breaks inside quotes. Empty
 * lines are left out.
 */
export function parseTable(text: string): Cell[] {
  const rows: string[][] = []
  let row: string[] = []
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    row.push(quoted?.replaceAll('""', '"') ?? plain ?? '')
    if (end === ',') continue
    if (row.some((cell) => cell !== '')) rows.push(row)
    row = []
  }
  const [header, ...lines] = rows
  return lines.map((cells) => (column) => cells[header!.indexOf(column)] || null)
}
