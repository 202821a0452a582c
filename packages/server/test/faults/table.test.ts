import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const ROOT = new URL('../../../../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, ROOT), 'utf8')
const [, section = ''] = read('docs/reliability.md').split('\n## Faults\n')
const rows = section
  .split('\n## ')[0]!
  .split('\n')
  .filter((line) => line.startsWith('| '))

test('every row of the table of faults names a test that is there', () => {
  const named = rows.slice(2).map((row) => /`([^`]+)` ([^|`]+) \|$/.exec(row)?.slice(1) ?? [row, ''])
  expect(named.length).toBeGreaterThan(10)
  const missing = named.filter(([path, title]) => title === '' || !read(path!).includes(title!))
  expect(missing).toEqual([])
})
