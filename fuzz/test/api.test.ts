import { expect, it } from 'vitest'
import { fuzzApi } from '../api/run.ts'

it('hundreds of requests to every operation: each answer is as the API description says, none is a fault', async () => {
  const { requests, statuses, failures } = await fuzzApi({ perOperation: 10, seed: 20 })
  expect(failures).toEqual([])
  expect(requests).toBeGreaterThan(300)
  // Both sides of every door were seen: answers with content, and refusals of several kinds.
  expect(Object.keys(statuses)).toEqual(
    expect.arrayContaining(['200', '201', '204', '400', '401', '403', '404']),
  )
})
