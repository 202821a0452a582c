import { randomUUIDv7 } from 'node:crypto'
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { hashModels } from '../../src/deduplication/deduplication-key.ts'
import { findCompletedDuplicate } from '../../src/deduplication/earlier-result.ts'
import { addJob } from '../../src/jobs/job-lease.ts'
import {
  appendAudit,
  countSubmissions,
  listAudit,
  submissionTime,
} from '../../src/storage/access/audit-store.ts'
import { analysisStats } from '../../src/storage/analyses/analysis-stats.ts'
import { findAnalysis, listBatchAnalyses } from '../../src/storage/analyses/analysis-store.ts'
import { countBatch, findBatch, insertBatch } from '../../src/storage/analyses/batch-store.ts'
import { addFeedback } from '../../src/storage/analyses/feedback-store.ts'
import {
  findEvidenceRecord,
  findReport,
  listEvidenceRecords,
} from '../../src/storage/analyses/report-store.ts'
import { openDatabase, pingDatabase } from '../../src/storage/database.ts'
import { migrate } from '../../src/storage/migrate.ts'
import { ENGINES } from './engines.ts'
import { MODEL, sampleAnalysis } from './sample-analysis.ts'

import { T0, useDatabase } from './use-database.ts'

describe.each(ENGINES)('storage on %s', (_, open) => {
  const { used, completed } = useDatabase(open)
  test('migrating again, and from several sides at once, changes nothing', async () => {
    await Promise.all(
      [1, 2, 3].map(async () => {
        const other = openDatabase(used.database.address)
        await migrate(other)
        await pingDatabase(other)
        await other.destroy()
      }),
    )
  })

  test('an analysis comes back as it was sent', async () => {
    const batch = await insertBatch(used.db, { owner: 'key:one', name: 'holiday' }, T0)
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
    await addJob(used.db, analysis, T0)
    expect(await findAnalysis(used.db, analysis.id)).toEqual({
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
      reused: false,
    })
    expect(await findAnalysis(used.db, randomUUIDv7())).toBeNull()
    expect(await findReport(used.db, analysis.id)).toBeNull()
  })

  test('a completed analysis keeps report, verdict, timings and evidence', async () => {
    const { id, sha256 } = await completed({}, { probability: 0.875, band: 'likely_manipulated', faces: 2 })
    const record = await findAnalysis(used.db, id)
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
    expect((await findReport(used.db, id))!.media.sha256).toBe(sha256)
    expect((await listEvidenceRecords(used.db, id)).map((entry) => entry.name)).toEqual([
      'annotated.jpg',
      'report.html',
    ])
    expect(await findEvidenceRecord(used.db, id, 'report.html')).toEqual({
      name: 'report.html',
      type: 'text/html',
      bytes: 9,
      blob: `${id}-b`,
    })
    expect(await findEvidenceRecord(used.db, id, '../report.html')).toBeNull()
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
    expect((await findCompletedDuplicate(used.db, same))?.id).toBe(again.id)
    for (const other of [
      { owner: 'key:two' },
      { sha256: 'f'.repeat(64) },
      { settings: { ...same.settings, flip: true } },
      { models: null },
      { modelsHash: hashModels([{ ...MODEL, sha256: 'e'.repeat(64) }]) },
    ]) {
      expect(await findCompletedDuplicate(used.db, { ...same, ...other })).toBeNull()
    }
  })

  test('counts what an actor has sent since a time, from one address alone where that is asked for', async () => {
    const send = (at: number, change: { actor?: string; action?: string; address?: string } = {}) =>
      appendAudit(
        used.db,
        {
          actor: 'key:counted',
          action: 'analysis.create',
          subject: null,
          requestId: null,
          address: 'a',
          ...change,
        },
        at,
      )
    for (const at of [T0, T0 + 10, T0 + 20]) await send(at)
    await send(T0 + 20, { address: 'b' })
    await send(T0 + 20, { actor: 'anonymous' })
    await send(T0 + 20, { action: 'analysis.delete' })
    const all = { actor: 'key:counted', address: null }
    expect(await countSubmissions(used.db, all, T0)).toBe(3)
    expect(await countSubmissions(used.db, { ...all, address: 'a' }, T0)).toBe(2)
    expect(await submissionTime(used.db, all, T0, 0)).toBe(T0 + 10)
    expect(await submissionTime(used.db, all, T0, 3)).toBeNull()
    const deleted = await listAudit(used.db, { actor: 'key:counted', action: 'analysis.delete', limit: 9 })
    expect(deleted.items.map(({ at }) => at)).toEqual([T0 + 20])
  })

  test('batches count states and verdicts, and list in the order of their files', async () => {
    const batch = await insertBatch(used.db, { owner: 'key:one', name: null }, T0)
    const second = await completed({ batch: { id: batch.id, position: 1 } }, { band: 'inconclusive' })
    const first = sampleAnalysis({ batch: { id: batch.id, position: 0 } })
    await addJob(used.db, first, T0 + 50)
    expect(await findBatch(used.db, batch.id)).toEqual(batch)
    expect(await findBatch(used.db, 'none')).toBeNull()
    expect((await listBatchAnalyses(used.db, batch.id)).map((item) => item.id)).toEqual([first.id, second.id])
    expect(await countBatch(used.db, batch.id)).toEqual({
      states: { queued: 1, running: 0, completed: 1, failed: 0, cancelled: 0 },
      verdicts: { likely_manipulated: 0, inconclusive: 1, likely_authentic: 0 },
    })
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
    await addJob(used.db, sampleAnalysis(), now - 1000)
    const stats = await analysisStats(used.db, { hours: 1, bucketSeconds: 600, now })
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
    await addFeedback(used.db, { analysisId: id, by: 'x', rating: 3 })
    await used.db.deleteFrom('analyses').where('id', '=', id).execute()
    const tables = ['reports', 'evidence', 'analysis_tags', 'jobs', 'feedback', 'webhook_deliveries'] as const
    for (const table of tables) {
      const { count } = await used.db
        .selectFrom(table)
        .select(sql<number>`count(*)`.as('count'))
        .where('analysis_id', '=', id)
        .executeTakeFirstOrThrow()
      expect(count, table).toBe(0)
    }
  })
})
