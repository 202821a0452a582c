import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import type { Blobs } from '../../src/blobs/blobs.ts'
import { takeDuplicateResult } from '../../src/deduplication/take-duplicate-result.ts'
import { addJob } from '../../src/jobs/job-lease.ts'
import { ENGINES } from '../storage/engines.ts'
import { sampleAnalysis } from '../storage/sample-analysis.ts'
import { T0, useDatabase } from '../storage/use-database.ts'

const { used, completed } = useDatabase(ENGINES[0]![1])
const blobs = { get: async (name: string) => Readable.from([Buffer.from(name)]) } as unknown as Blobs

test('pictures come from a duplicate that keeps them, not from a newer one that is about to be erased', async () => {
  const same = { sha256: 'a'.repeat(64) }
  const waited = await addJob(used.db, sampleAnalysis({ ...same, priority: 'low' }), T0)
  const { id: kept } = await completed(same, {}, { until: T0 + 1000 })
  const packed = {
    analysis_id: kept,
    position: 2,
    name: 'packed',
    type: 'application/octet-stream',
    bytes: 1,
  }
  await used.db
    .insertInto('evidence')
    .values({ ...packed, blob: 'pictures' })
    .execute()
  // Its media is erased a moment after its end.
  await completed({ ...same, retention: 'none' }, {}, { until: T0 + 2000 })
  const result = await takeDuplicateResult(used.db, blobs, waited)
  expect(result?.evidence.map(({ name, bytes }) => [name, bytes?.length])).toContainEqual(['packed', 8])
})
