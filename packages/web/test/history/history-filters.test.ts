import { expect, test } from 'vitest'
import { readFilters, toQuery } from '../../src/history/history-filters.ts'

test('what fits is kept, what does not is left out', () => {
  const asked = {
    text: 'cat',
    verdict: 'likely_authentic',
    family: 'moustache',
    sort: 'best',
    tag: '',
    from: 7,
    to: '2024-02-31',
  }
  expect(readFilters(asked)).toEqual({ text: 'cat', verdict: 'likely_authentic' })
})

test('a period has its last day, from midnight to midnight where the reader is', () => {
  const { from, to } = toQuery(readFilters({ from: '2024-03-30', to: '2024-03-31' }))
  expect(new Date(from!).getTime()).toBe(new Date(2024, 2, 30).getTime())
  expect(new Date(to!).getTime()).toBe(new Date(2024, 3, 1).getTime())
})
