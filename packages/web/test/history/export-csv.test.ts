import type { AnalysisSummary } from '@unswap/contract'
import { expect, test } from 'vitest'
import { toCsv } from '../../src/history/export-csv.ts'

const item = (name: string): AnalysisSummary =>
  ({ id: '1', name, verdict: null, error: null }) as unknown as AnalysisSummary
const nameCell = (name: string) =>
  toCsv([item(name)])
    .split('\r\n')[1]!
    .slice('1,'.length)
    .split(',,')[0]

test('quotes commas, quotes and line feeds', () => {
  expect(toCsv([item('a "b", c')])).toContain('1,"a ""b"", c",')
  expect(toCsv([item('two\nlines')])).toContain('"two\nlines"')
})

test.each(['=1+1', '+1', '-1', '@sum', '\tx'])('a name like %j is no formula of a spreadsheet', (name) => {
  expect(nameCell(name)!.replaceAll('"', '')).toBe(`'${name}`)
})
