import { randomUUIDv7 } from 'node:crypto'
import { UnswapError } from '@unswap/contract'
import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { complete } from '../../src/jobs/ending.ts'
import { admit, claim } from '../../src/jobs/lease.ts'
import {
  countAnalysesSince,
  findAnalysis,
  findEvidence,
  findReport,
  findSame,
  listBatchAnalyses,
  listEvidence,
} from '../../src/storage/analyses.ts'
import { type AnalysisFilter, listAnalyses } from '../../src/storage/analysis-list.ts'
import { hashModels, type NewAnalysis } from '../../src/storage/analysis-record.ts'
import { appendAudit, listAudit } from '../../src/storage/audit.ts'
import { countBatch, findBatch, insertBatch } from '../../src/storage/batches.ts'
import { type Database, openDatabase, pingDatabase } from '../../src/storage/database.ts'
import { addFeedback, exportFeedback, listFeedback } from '../../src/storage/feedback.ts'
import {
  abandonIdempotent,
  beginIdempotent,
  finishIdempotent,
  renewIdempotent,
} from '../../src/storage/idempotency.ts'
import { findKeyByHash, insertKey, listKeys, revokeKey, touchKey } from '../../src/storage/keys.ts'
import { migrate } from '../../src/storage/migrate.ts'
import { analysisStats } from '../../src/storage/stats.ts'
import { deliveryFailed, deliverySucceeded, takeDelivery } from '../../src/storage/webhooks.ts'
import { listWorkers, removeWorker, reportWorker } from '../../src/storage/workers.ts'
import { ENGINES, type TestDatabase } from './engines.ts'
import { MODEL, sampleAnalysis, sampleReport } from './sample.ts'

const T0 = 1_700_000_000_000

async function gather<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

describe.each(ENGINES)('storage on %s', (_, open) => {
  let database: TestDatabase
  let db: Database
  beforeAll(async () => {
    database = await open()
    db = database.db
  })
  afterAll(() => database.stop())
  beforeEach(async () => {
    for (const table of ['analyses', 'batches', 'api_keys', 'idempotency', 'workers'] as const) {
      await db.deleteFrom(table).execute()
    }
  })

  /** Submits at `at` and completes at `until`. */
  const completed = async (
    change: Partial<NewAnalysis> = {},
    report: Parameters<typeof sampleReport>[0] = {},
    { at = T0, until = T0 + 1000 }: { at?: number; until?: number } = {},
  ) => {
    const analysis = sampleAnalysis(change)
    await admit(db, analysis, at)
    const lease = await claim(db, { worker: 'w', leaseMs: 1000, attempts: 9, now: at }, analysis.id)
    const completion = {
      report: sampleReport({ sha256: analysis.sha256, ...report }),
      modelsHash: hashModels([MODEL]),
      timings: { total: 12.5 },
      evidence: [
        { name: 'annotated.jpg', type: 'image/jpeg', bytes: 7, blob: `${analysis.id}-a` },
        { name: 'report.html', type: 'text/html', bytes: 9, blob: `${analysis.id}-b` },
      ],
    }
    expect(await complete(db, lease!, completion, until)).toBe('completed')
    return analysis
  }
  const all = async (filter: Omit<AnalysisFilter, 'limit'>, limit = 100) => {
    const ids: string[] = []
    let cursor: string | undefined
    do {
      const page = await listAnalyses(db, { ...filter, limit, cursor })
      expect(page.items.length).toBeLessThanOrEqual(limit)
      ids.push(...page.items.map((item) => item.id))
      cursor = page.next ?? undefined
    } while (cursor)
    return ids
  }

  test('migrating again, and from several sides at once, changes nothing', async () => {
    await Promise.all(
      [1, 2, 3].map(async () => {
        const other = openDatabase(database.address)
        await migrate(other)
        await pingDatabase(other)
        await other.destroy()
      }),
    )
  })

  test('an analysis comes back as it was sent', async () => {
    const batch = await insertBatch(db, { owner: 'key:one', name: 'holiday' }, T0)
    const analysis = sampleAnalysis({
      name: 'Büro “photo”.JPG',
      tags: ['a', 'b', 'a'],
      models: ['model-1'],
      priority: 'low',
      retention: 'hours:3',
      webhook: { url: 'https://example.org/hook', secret: 'long enough' },
      batch: { id: batch.id, position: 0 },
      bytes: 5_000_000_000,
    })
    await admit(db, analysis, T0)
    expect(await findAnalysis(db, analysis.id)).toEqual({
      id: analysis.id,
      owner: 'key:one',
      state: 'queued',
      revision: 1,
      priority: 'low',
      name: 'Büro “photo”.JPG',
      tags: ['a', 'b', 'a'],
      source: 'upload',
      sha256: analysis.sha256,
      bytes: 5_000_000_000,
      kind: null,
      format: null,
      mediaBlob: analysis.mediaBlob,
      settings: analysis.settings,
      models: ['model-1'],
      retention: 'hours:3',
      webhook: analysis.webhook,
      batchId: batch.id,
      createdAt: T0,
      startedAt: null,
      finishedAt: null,
      expiresAt: null,
      progress: null,
      verdict: null,
      faces: null,
      override: null,
      timings: null,
      error: null,
      attempts: 0,
    })
    expect(await findAnalysis(db, randomUUIDv7())).toBeNull()
    expect(await findReport(db, analysis.id)).toBeNull()
  })

  test('a completed analysis keeps report, verdict, timings and evidence', async () => {
    const { id, sha256 } = await completed({}, { probability: 0.875, band: 'likely_manipulated', faces: 2 })
    const record = await findAnalysis(db, id)
    expect(record).toMatchObject({
      state: 'completed',
      kind: 'image',
      format: 'jpeg',
      faces: 2,
      startedAt: T0,
      finishedAt: T0 + 1000,
      expiresAt: null,
      timings: { total: 12.5 },
      attempts: 1,
    })
    expect(record!.verdict).toMatchObject({ band: 'likely_manipulated', probability: 0.875 })
    expect((await findReport(db, id))!.media.sha256).toBe(sha256)
    expect((await listEvidence(db, id)).map((entry) => entry.name)).toEqual(['annotated.jpg', 'report.html'])
    expect(await findEvidence(db, id, 'report.html')).toEqual({
      name: 'report.html',
      type: 'text/html',
      bytes: 9,
      blob: `${id}-b`,
    })
    expect(await findEvidence(db, id, '../report.html')).toBeNull()
  })

  test('the same question of the same owner finds the newest answer, and nothing else does', async () => {
    const first = await completed({ models: ['x', 'y'] })
    const again = await completed({ sha256: first.sha256, models: ['y', 'x'] }, {}, { at: T0 + 5000 })
    const same = {
      owner: 'key:one',
      sha256: first.sha256,
      settings: { flip: false, maxFaces: 16, sampling: { count: 32 } },
      models: ['x', 'y'],
      modelsHash: hashModels([MODEL]),
    }
    expect((await findSame(db, same))?.id).toBe(again.id)
    for (const other of [
      { owner: 'key:two' },
      { sha256: 'f'.repeat(64) },
      { settings: { ...same.settings, flip: true } },
      { models: null },
      { modelsHash: hashModels([{ ...MODEL, sha256: 'e'.repeat(64) }]) },
    ]) {
      expect(await findSame(db, { ...same, ...other })).toBeNull()
    }
  })

  test('filters, each alone and together', async () => {
    const { id: plain } = await completed({ name: 'Straße 100%_a.png', tags: ['x'] }, {}, { at: T0 })
    const { id: fake } = await completed(
      { owner: 'key:two', tags: ['x', 'y'], name: 'other.png' },
      { band: 'likely_manipulated', family: 'face_swap', probability: 0.9 },
      { at: T0 + 10 },
    )
    const waiting = sampleAnalysis({ sha256: `abc${'0'.repeat(61)}` })
    await admit(db, waiting, T0 + 20)
    const cases: [Omit<AnalysisFilter, 'limit'>, string[]][] = [
      [{}, [waiting.id, fake, plain]],
      [{ sort: 'createdAt' }, [plain, fake, waiting.id]],
      [{ sort: '-probability' }, [fake, plain, waiting.id]],
      [{ sort: 'probability' }, [waiting.id, plain, fake]],
      [{ owner: 'key:two' }, [fake]],
      [{ state: 'queued' }, [waiting.id]],
      [{ verdict: 'likely_manipulated' }, [fake]],
      [{ family: 'face_swap' }, [fake]],
      [{ family: 'synthesis' }, []],
      [{ kind: 'image' }, [fake, plain]],
      [{ tag: 'x' }, [fake, plain]],
      [{ tag: 'y' }, [fake]],
      [{ text: 'STRASSE' }, []],
      [{ text: 'straße' }, [plain]],
      [{ text: '100%_' }, [plain]],
      [{ text: '1__%' }, []],
      [{ text: '\\' }, []],
      [{ text: "' or 1=1 --" }, []],
      [{ text: 'ABC0' }, [waiting.id]],
      [{ from: T0 + 10 }, [waiting.id, fake]],
      [{ to: T0 + 10 }, [plain]],
      [{ from: T0 + 5, to: T0 + 15, tag: 'x', state: 'completed' }, [fake]],
    ]
    for (const [filter, expected] of cases)
      expect(await all(filter), JSON.stringify(filter)).toEqual(expected)
  })

  test('pages of any size hold each row once, in order, whatever comes and goes between them', async () => {
    const ids: string[] = []
    for (let index = 0; index < 23; index++) {
      const at = T0 + Math.floor(index / 4)
      const analysis = sampleAnalysis()
      ids.push(analysis.id)
      await admit(db, analysis, at)
      if (index % 3 === 0) continue
      const probability = (index % 5) / 10
      await db.updateTable('analyses').set({ probability }).where('id', '=', analysis.id).execute()
    }
    const sorts = ['-createdAt', 'createdAt', '-probability', 'probability'] as const
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 30 }), fc.constantFrom(...sorts), async (limit, sort) => {
        const found = await all({ sort }, limit)
        expect(found).toEqual(await all({ sort }, 100))
        expect([...found].sort()).toEqual([...ids].sort())
      }),
      { numRuns: 25 },
    )
    const before = await all({})
    const first = await listAnalyses(db, { limit: 5 })
    await db.deleteFrom('analyses').where('id', '=', first.items.at(-1)!.id).execute()
    await admit(db, sampleAnalysis(), T0 + 99)
    const second = await listAnalyses(db, { limit: 5, cursor: first.next! })
    expect(second.items.map((item) => item.id)).toEqual(before.slice(5, 10))
  })

  test('a cursor that is not ours is refused', async () => {
    const bad = [
      '',
      'x',
      Buffer.from('[1]').toString('base64url'),
      Buffer.from('["a","b"]').toString('base64url'),
    ]
    for (const cursor of [...bad, Buffer.from('{"a":1}').toString('base64url')]) {
      await expect(listAnalyses(db, { limit: 1, cursor })).rejects.toBeInstanceOf(UnswapError)
      await expect(listAudit(db, { limit: 1, cursor })).rejects.toMatchObject({ code: 'bad_option' })
    }
  })

  test('counts what an owner has sent since a time', async () => {
    for (const at of [T0, T0 + 10, T0 + 20]) await admit(db, sampleAnalysis(), at)
    await admit(db, sampleAnalysis({ owner: 'anonymous' }), T0 + 20)
    expect(await countAnalysesSince(db, 'key:one', T0 + 10)).toBe(2)
  })

  test('batches count states and verdicts, and list in the order of their files', async () => {
    const batch = await insertBatch(db, { owner: 'key:one', name: null }, T0)
    const second = await completed({ batch: { id: batch.id, position: 1 } }, { band: 'inconclusive' })
    const first = sampleAnalysis({ batch: { id: batch.id, position: 0 } })
    await admit(db, first, T0 + 50)
    expect(await findBatch(db, batch.id)).toEqual(batch)
    expect(await findBatch(db, 'none')).toBeNull()
    expect((await listBatchAnalyses(db, batch.id)).map((item) => item.id)).toEqual([first.id, second.id])
    expect(await countBatch(db, batch.id)).toEqual({
      states: { queued: 1, running: 0, completed: 1, failed: 0, cancelled: 0 },
      verdicts: { likely_manipulated: 0, inconclusive: 1, likely_authentic: 0 },
    })
  })

  test('keys are found by hash, noted as used, and revoked for good', async () => {
    const key = await insertKey(
      db,
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
    expect(await findKeyByHash(db, 'h1')).toEqual(key)
    expect(await findKeyByHash(db, 'h2')).toBeNull()
    await touchKey(db, key.id, T0 + 20)
    await touchKey(db, key.id, T0 + 10)
    expect((await revokeKey(db, key.id, T0 + 30))?.revokedAt).toBe(T0 + 30)
    expect((await revokeKey(db, key.id, T0 + 40))?.revokedAt).toBe(T0 + 30)
    expect(await revokeKey(db, 'none')).toBeNull()
    expect(await listKeys(db)).toEqual([{ ...key, lastUsedAt: T0 + 20, revokedAt: T0 + 30 }])
    await expect(insertKey(db, { ...key, name: 'same hash' })).rejects.toThrow()
  })

  test('the audit log lists newest first and refuses changes and deletions', async () => {
    const actor = `key:${randomUUIDv7()}`
    for (let index = 0; index < 5; index++) {
      const entry = { actor, action: `test.${index}`, subject: null, requestId: 'r', address: 'hash' }
      await appendAudit(db, entry, T0 + index)
    }
    const found: string[] = []
    let cursor: string | undefined
    do {
      const page = await listAudit(db, { limit: 2, cursor })
      found.push(...page.items.filter((item) => item.actor === actor).map((item) => item.action))
      cursor = page.next ?? undefined
    } while (cursor)
    expect(found).toEqual(['test.4', 'test.3', 'test.2', 'test.1', 'test.0'])
    await expect(db.updateTable('audit').set({ actor: 'nobody' }).execute()).rejects.toThrow(/append-only/)
    await expect(db.deleteFrom('audit').execute()).rejects.toThrow(/append-only/)
  })

  test('feedback sets and takes back the override, and becomes a regression set', async () => {
    const { id } = await completed({ name: 'a.jpg' }, { band: 'likely_manipulated', probability: 0.75 })
    const by = 'key one'
    await addFeedback(db, { analysisId: id, by, right: true, rating: 5 }, T0)
    await addFeedback(db, { analysisId: id, by, right: false, comment: 'no' }, T0 + 1)
    await addFeedback(db, { analysisId: id, by, override: 'likely_authentic' }, T0 + 2)
    expect((await findAnalysis(db, id))!.override).toBe('likely_authentic')
    await addFeedback(db, { analysisId: id, by, rating: 1 }, T0 + 3)
    expect((await findAnalysis(db, id))!.override).toBe('likely_authentic')
    await addFeedback(db, { analysisId: id, by, override: null }, T0 + 4)
    expect((await findAnalysis(db, id))!.override).toBeNull()
    await addFeedback(db, { analysisId: id, by, truth: 'fake', right: false }, T0 + 5)
    expect(await addFeedback(db, { analysisId: randomUUIDv7(), by, rating: 1 })).toBeNull()

    const given = await listFeedback(db, id)
    expect(given.map((one) => one.rating)).toEqual([5, null, null, 1, null, null])
    expect(given.map((one) => one.right)).toEqual([true, false, null, null, null, false])
    const lines = await gather(exportFeedback(db))
    expect(lines.map((line) => line.truth)).toEqual(['fake', 'real', 'real', null, null, 'fake'])
    expect(lines[1]).toMatchObject({ analysisId: id, name: 'a.jpg', verdict: 'likely_manipulated' })
    expect(lines[1]!.probability).toBe(0.75)
    expect(lines[1]!.feedback).toEqual(given[1])
    expect(await gather(exportFeedback(db, { owner: 'key:two' }))).toEqual([])
  })

  test('an idempotency key lets one request through and replays its answer', async () => {
    const request = { owner: 'key:one', route: 'POST /x', key: 'k', bodyHash: 'h' }
    const begin = (id: string, now: number, change = {}) =>
      beginIdempotent(db, { ...request, ...change }, id, now)
    const starts = await Promise.all(Array.from({ length: 8 }, () => begin('one', T0)))
    expect(starts.map((start) => start.outcome).sort()).toEqual(['new', ...Array(7).fill('pending')].sort())
    expect(await begin('two', T0, { bodyHash: 'other' })).toEqual({ outcome: 'conflict' })
    expect(await begin('two', T0, { owner: 'key:two' })).toEqual({ outcome: 'new', id: 'two', again: false })
    const response = { status: 202, body: '{"id":1}' }
    await finishIdempotent(db, request, response)
    expect(await begin('three', T0 + 1)).toEqual({ outcome: 'replay', response })
    await abandonIdempotent(db, request)
    await renewIdempotent(db, request, T0)
    expect(await begin('three', T0 + 1)).toEqual({ outcome: 'replay', response })
    const day = 25 * 3600_000
    expect(await begin('four', T0 + day)).toEqual({ outcome: 'new', id: 'four', again: false })
  })

  test('a key whose process has died is taken over under its id, soon; one that still works is not', async () => {
    const request = { owner: 'key:one', route: 'POST /x', key: 'k', bodyHash: 'h' }
    const begin = (id: string, now: number, change = {}) =>
      beginIdempotent(db, { ...request, ...change }, id, now)
    await begin('one', T0)
    await renewIdempotent(db, request, T0 + 15_000)
    expect(await begin('two', T0 + 30_000)).toEqual({ outcome: 'pending' })
    const takers = await Promise.all(['two', 'three'].map((id) => begin(id, T0 + 36_000)))
    expect(takers).toContainEqual({ outcome: 'new', id: 'one', again: true })
    expect(takers).toContainEqual({ outcome: 'pending' })
    await abandonIdempotent(db, request)
    expect(await begin('four', T0 + 36_001)).toEqual({ outcome: 'new', id: 'one', again: true })
    await abandonIdempotent(db, request)
    const other = await begin('five', T0 + 36_002, { bodyHash: 'other' })
    expect(other).toEqual({ outcome: 'new', id: 'five', again: false })
  })

  test('a webhook is taken by one process at a time, again after a pause, and never after its end', async () => {
    await completed({ webhook: { url: 'https://example.org/', secret: 'long enough' } }, {}, { at: T0 })
    await completed()
    const start = T0 + 1000
    const taken = await Promise.all(Array.from({ length: 4 }, () => takeDelivery(db, start)))
    const [delivery, ...others] = taken.filter((one) => one !== null)
    expect(others).toEqual([])
    expect(delivery).toMatchObject({ url: 'https://example.org/', secret: 'long enough', attempts: 1 })
    await deliveryFailed(db, delivery!.id, { error: 'status 500', retryAt: start + 10 }, start)
    expect(await takeDelivery(db, start + 9)).toBeNull()
    expect(await takeDelivery(db, start + 10)).toMatchObject({ attempts: 2 })
    await deliverySucceeded(db, delivery!.id, start + 11)
    expect(await takeDelivery(db, start + 3600_000)).toBeNull()
  })

  test('a webhook is given up when no time to retry is named', async () => {
    await completed({ webhook: { url: 'https://example.org/' } })
    const delivery = await takeDelivery(db, T0 + 1000)
    expect(delivery!.secret).toBeNull()
    await deliveryFailed(db, delivery!.id, { error: 'blocked', retryAt: null })
    expect(await takeDelivery(db, T0 + 3600_000)).toBeNull()
  })

  test('workers report themselves and fade when they are silent', async () => {
    const worker = { id: 'w1', host: 'here', concurrency: 4, running: 1, models: [MODEL], startedAt: T0 }
    await reportWorker(db, worker, T0)
    await reportWorker(db, { ...worker, running: 2 }, T0 + 5000)
    expect(await listWorkers(db, 10_000, T0 + 6000)).toEqual([{ ...worker, running: 2, seenAt: T0 + 5000 }])
    expect(await listWorkers(db, 10_000, T0 + 60_000)).toEqual([])
    await removeWorker(db, 'w1')
    expect(await listWorkers(db, 10_000, T0 + 6000)).toEqual([])
  })

  test('statistics count what ended, by time, verdict, family and probability', async () => {
    const now = T0 + 3600_000
    const minutesAgo = (minutes: number) => ({
      at: now - minutes * 60_000 - 2000,
      until: now - minutes * 60_000,
    })
    await completed({}, { probability: 0.05 }, minutesAgo(1))
    await completed({}, { probability: 0.95, band: 'likely_manipulated', family: 'face_swap' }, minutesAgo(2))
    await completed({}, { probability: 1, band: 'likely_manipulated', family: 'face_swap' }, minutesAgo(30))
    await completed({}, { probability: null, band: 'inconclusive', faces: 0 }, minutesAgo(31))
    await completed({}, {}, minutesAgo(90))
    await admit(db, sampleAnalysis(), now - 1000)
    const stats = await analysisStats(db, { hours: 1, bucketSeconds: 600, now })
    expect(stats).toMatchObject({
      totals: { completed: 4, failed: 0, cancelled: 0 },
      verdicts: { likely_manipulated: 2, inconclusive: 1, likely_authentic: 1 },
      families: { face_swap: 2 },
      noFace: 1,
      perMinute: 2 / 5,
      medianSeconds: 2,
      probabilities: [1, 0, 0, 0, 0, 0, 0, 0, 0, 2],
    })
    expect(stats.series).toHaveLength(6)
    expect(stats.series.reduce((sum, bucket) => sum + bucket.completed, 0)).toBe(4)
    expect(new Set(stats.series.map((bucket, index) => bucket.at - index * 600_000)).size).toBe(1)
    expect(stats.series.at(-1)!.at).toBeLessThanOrEqual(now)
    expect(stats.series.at(-1)!.at).toBeGreaterThan(now - 600_000)
  })

  test('deleting an analysis takes everything with it', async () => {
    const { id } = await completed({ tags: ['x'], webhook: { url: 'https://example.org/' } })
    await addFeedback(db, { analysisId: id, by: 'x', rating: 3 })
    await db.deleteFrom('analyses').where('id', '=', id).execute()
    const tables = ['reports', 'evidence', 'analysis_tags', 'jobs', 'feedback', 'webhook_deliveries'] as const
    for (const table of tables) {
      const { count } = await db
        .selectFrom(table)
        .select(sql<number>`count(*)`.as('count'))
        .where('analysis_id', '=', id)
        .executeTakeFirstOrThrow()
      expect(count, table).toBe(0)
    }
  })
})
