import { expect, test } from 'vitest'
import { killAtLines } from './kill-at-lines.ts'

// A sample; `npm run test:faults` takes every line.
test('kill -9 of the service at some log lines of a job: it completes once, and nothing is left over', async () => {
  expect((await killAtLines('service', 2, 17)).kills).toBeGreaterThanOrEqual(2)
})

test('kill -9 of the analysing process at some log lines of a job: it completes once, and nothing is left over', async () => {
  expect((await killAtLines('analysing process', 24, 9)).kills).toBeGreaterThanOrEqual(1)
})
