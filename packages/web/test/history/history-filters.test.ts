import { expect, test } from 'vitest'
import { readFilters } from '../../src/history/history-filters.ts'

test('what fits is kept, what does not is left out', () => {
  const asked = {
    text: 'cat',
    verdict: 'likely_authentic',
    family: 'moustache',
    sort: 'best',
    tag: '',
    from: 7,
  }
  expect(readFilters(asked)).toEqual({ text: 'cat', verdict: 'likely_authentic' })
})
