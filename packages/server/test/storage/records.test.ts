import { randomUUIDv7 } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  abandonIdempotent,
  beginIdempotent,
  finishIdempotent,
  renewIdempotent,
} from '../../src/deduplication/idempotency-store.ts'
import { appendAudit, listAudit } from '../../src/storage/access/audit-store.ts'
import {
  findKeyByHash,
  insertKey,
  listKeys,
  revokeKey,
  touchKey,
} from '../../src/storage/access/key-store.ts'
import { findAnalysis } from '../../src/storage/analyses/analysis-store.ts'
import { addFeedback, exportFeedback, listFeedback } from '../../src/storage/analyses/feedback-store.ts'
import { deliveryFailed, deliverySucceeded, takeDelivery } from '../../src/storage/delivery-store.ts'
import { listWorkers, removeWorker, reportWorker } from '../../src/storage/worker-store.ts'
import { ENGINES } from './engines.ts'
import { MODEL } from './sample-analysis.ts'

import { T0, useDatabase } from './use-database.ts'

async function gather<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

describe.each(ENGINES)('records on %s', (_, open) => {
  const { used, completed } = useDatabase(open)

  test('keys are found by hash, noted as used, and revoked for good', async () => {
    const key = await insertKey(
      used.db,
      {
        name: 'ci',
        start: 'usk_abcd',
        hash: 'h1',
        scopes: ['analyze', 'read'],
        requestsPerMinute: 5,
        analysesPerDay: null,
        expiresAt: T0 + 1000,
      },
      T0,
    )
    expect(await findKeyByHash(used.db, 'h1')).toEqual(key)
    expect(await findKeyByHash(used.db, 'h2')).toBeNull()
    await touchKey(used.db, key.id, T0 + 20)
    await touchKey(used.db, key.id, T0 + 10)
    expect((await revokeKey(used.db, key.id, T0 + 30))?.revokedAt).toBe(T0 + 30)
    expect((await revokeKey(used.db, key.id, T0 + 40))?.revokedAt).toBe(T0 + 30)
    expect(await revokeKey(used.db, 'none')).toBeNull()
    expect(await listKeys(used.db)).toEqual([{ ...key, lastUsedAt: T0 + 20, revokedAt: T0 + 30 }])
    await expect(insertKey(used.db, { ...key, name: 'same hash' })).rejects.toThrow()
  })

  test('the audit log lists newest first and refuses changes and deletions', async () => {
    const actor = `key:${randomUUIDv7()}`
    for (let index = 0; index < 5; index++) {
      const entry = { actor, action: `test.${index}`, subject: null, requestId: 'r', address: 'hash' }
      await appendAudit(used.db, entry, T0 + index)
    }
    const found: string[] = []
    let cursor: string | undefined
    do {
      const page = await listAudit(used.db, { limit: 2, cursor })
      found.push(...page.items.filter((item) => item.actor === actor).map((item) => item.action))
      cursor = page.next ?? undefined
    } while (cursor)
    expect(found).toEqual(['test.4', 'test.3', 'test.2', 'test.1', 'test.0'])
    await expect(used.db.updateTable('audit').set({ actor: 'nobody' }).execute()).rejects.toThrow(
      /append-only/,
    )
    await expect(used.db.deleteFrom('audit').execute()).rejects.toThrow(/append-only/)
  })

  test('feedback sets and takes back the override, and becomes a regression set', async () => {
    const { id } = await completed({ name: 'a.jpg' }, { band: 'likely_manipulated', probability: 0.75 })
    const by = 'key one'
    await addFeedback(used.db, { analysisId: id, by, right: true, rating: 5 }, T0)
    await addFeedback(used.db, { analysisId: id, by, right: false, comment: 'no' }, T0 + 1)
    await addFeedback(used.db, { analysisId: id, by, override: 'likely_authentic' }, T0 + 2)
    expect((await findAnalysis(used.db, id))!.override).toBe('likely_authentic')
    await addFeedback(used.db, { analysisId: id, by, rating: 1 }, T0 + 3)
    expect((await findAnalysis(used.db, id))!.override).toBe('likely_authentic')
    await addFeedback(used.db, { analysisId: id, by, override: null }, T0 + 4)
    expect((await findAnalysis(used.db, id))!.override).toBeNull()
    await addFeedback(used.db, { analysisId: id, by, truth: 'fake', right: false }, T0 + 5)
    expect(await addFeedback(used.db, { analysisId: randomUUIDv7(), by, rating: 1 })).toBeNull()

    const given = await listFeedback(used.db, id)
    expect(given.map((one) => one.rating)).toEqual([5, null, null, 1, null, null])
    expect(given.map((one) => one.right)).toEqual([true, false, null, null, null, false])
    const lines = await gather(exportFeedback(used.db))
    expect(lines.map((line) => line.truth)).toEqual(['fake', 'real', 'real', null, null, 'fake'])
    expect(lines[1]).toMatchObject({ analysisId: id, name: 'a.jpg', verdict: 'likely_manipulated' })
    expect(lines[1]!.probability).toBe(0.75)
    expect(lines[1]!.feedback).toEqual(given[1])
    expect(await gather(exportFeedback(used.db, { owner: 'key:two' }))).toEqual([])
  })

  test('an idempotency key lets one request through and replays its answer', async () => {
    const request = { owner: 'key:one', route: 'POST /x', key: 'k', bodyHash: 'h' }
    const begin = (id: string, now: number, change = {}) =>
      beginIdempotent(used.db, { ...request, ...change }, id, now)
    const starts = await Promise.all(Array.from({ length: 8 }, () => begin('one', T0)))
    expect(starts.map((start) => start.outcome).sort()).toEqual(['new', ...Array(7).fill('pending')].sort())
    expect(await begin('two', T0, { bodyHash: 'other' })).toEqual({ outcome: 'conflict' })
    expect(await begin('two', T0, { owner: 'key:two' })).toEqual({ outcome: 'new', id: 'two', again: false })
    const response = { status: 202, body: '{"id":1}' }
    await finishIdempotent(used.db, request, response)
    expect(await begin('three', T0 + 1)).toEqual({ outcome: 'replay', response })
    await abandonIdempotent(used.db, request)
    await renewIdempotent(used.db, request, T0)
    expect(await begin('three', T0 + 1)).toEqual({ outcome: 'replay', response })
    const day = 25 * 3600_000
    expect(await begin('four', T0 + day)).toEqual({ outcome: 'new', id: 'four', again: false })
  })

  test('a key whose process has died is taken over under its id, soon; one that still works is not', async () => {
    const request = { owner: 'key:one', route: 'POST /x', key: 'k', bodyHash: 'h' }
    const begin = (id: string, now: number, change = {}) =>
      beginIdempotent(used.db, { ...request, ...change }, id, now)
    await begin('one', T0)
    await renewIdempotent(used.db, request, T0 + 15_000)
    expect(await begin('two', T0 + 30_000)).toEqual({ outcome: 'pending' })
    const takers = await Promise.all(['two', 'three'].map((id) => begin(id, T0 + 36_000)))
    expect(takers).toContainEqual({ outcome: 'new', id: 'one', again: true })
    expect(takers).toContainEqual({ outcome: 'pending' })
    await abandonIdempotent(used.db, request)
    expect(await begin('four', T0 + 36_001)).toEqual({ outcome: 'new', id: 'one', again: true })
    await abandonIdempotent(used.db, request)
    const other = await begin('five', T0 + 36_002, { bodyHash: 'other' })
    expect(other).toEqual({ outcome: 'new', id: 'five', again: false })
  })

  test('a webhook is taken by one process at a time, again after a pause, and never after its end', async () => {
    await completed({ webhook: { url: 'https://example.org/', secret: 'long enough' } }, {}, { at: T0 })
    await completed()
    const start = T0 + 1000
    const taken = await Promise.all(Array.from({ length: 4 }, () => takeDelivery(used.db, start)))
    const [delivery, ...others] = taken.filter((one) => one !== null)
    expect(others).toEqual([])
    expect(delivery).toMatchObject({ url: 'https://example.org/', secret: 'long enough', attempts: 1 })
    await deliveryFailed(used.db, delivery!.id, { error: 'status 500', retryAt: start + 10 }, start)
    expect(await takeDelivery(used.db, start + 9)).toBeNull()
    expect(await takeDelivery(used.db, start + 10)).toMatchObject({ attempts: 2 })
    await deliverySucceeded(used.db, delivery!.id, start + 11)
    expect(await takeDelivery(used.db, start + 3600_000)).toBeNull()
  })

  test('a webhook is given up when no time to retry is named', async () => {
    await completed({ webhook: { url: 'https://example.org/' } })
    const delivery = await takeDelivery(used.db, T0 + 1000)
    expect(delivery!.secret).toBeNull()
    await deliveryFailed(used.db, delivery!.id, { error: 'blocked', retryAt: null })
    expect(await takeDelivery(used.db, T0 + 3600_000)).toBeNull()
  })

  test('workers report themselves and fade when they are silent', async () => {
    const worker = { id: 'w1', host: 'here', concurrency: 4, running: 1, models: [MODEL], startedAt: T0 }
    await reportWorker(used.db, worker, T0)
    await reportWorker(used.db, { ...worker, running: 2 }, T0 + 5000)
    expect(await listWorkers(used.db, 10_000, T0 + 6000)).toEqual([
      { ...worker, running: 2, seenAt: T0 + 5000 },
    ])
    expect(await listWorkers(used.db, 10_000, T0 + 60_000)).toEqual([])
    await removeWorker(used.db, 'w1')
    expect(await listWorkers(used.db, 10_000, T0 + 6000)).toEqual([])
  })
})
