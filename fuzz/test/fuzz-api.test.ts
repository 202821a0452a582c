import { expect, it } from 'vitest'
import { startPostgres } from '../../packages/server/test/services/start-postgres.ts'
import { fuzzApi } from '../api/fuzz-api.ts'
import { measureStalls } from '../api/measure-stalls.ts'

const onSqlite = async () => ({ address: '', stop: async () => undefined })

it.each([
  ['SQLite', onSqlite, 10],
  ['PostgreSQL', startPostgres, 8],
] as const)(
  'hundreds of requests to every operation, on %s: each answer is as the API description says, none is a fault',
  async (_, open, perOperation) => {
    const database = await open()
    try {
      const { requests, statuses, failures } = await fuzzApi({
        perOperation,
        seed: 20,
        database: database.address,
      })
      expect(failures).toEqual([])
      expect(requests).toBeGreaterThan(perOperation * 30)
      // Both sides of every door were seen: answers with content, and refusals of several kinds.
      expect(Object.keys(statuses)).toEqual(
        expect.arrayContaining(['200', '201', '204', '400', '401', '403', '404']),
      )
    } finally {
      await database.stop()
    }
  },
)

it('requests that are large in one way: none costs much processor time', async () => {
  const { requests, worst } = await measureStalls({ requests: 60, seed: 1, bytes: 2_000_000, againMs: 50 })
  expect(requests).toBe(60)
  // Processor time, and twenty times what the dearest takes: a busy machine does not fail this.
  expect(worst.filter(({ processorMs }) => processorMs > 2000)).toEqual([])
})
