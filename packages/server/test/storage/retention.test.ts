import { mkdtemp, readdir, readFile, rm, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { analysisPrefix, evidencePrefix } from '../../src/blobs/blob-names.ts'
import type { Blobs } from '../../src/blobs/blobs.ts'
import { openFolderBlobs } from '../../src/blobs/folder-blobs.ts'
import { hashModels } from '../../src/deduplication/deduplication-key.ts'
import { beginIdempotent } from '../../src/deduplication/idempotency-store.ts'
import type { JobQueue } from '../../src/jobs/job-queue.ts'
import { openJobQueue } from '../../src/jobs/open-queue.ts'
import type { NewAnalysis } from '../../src/storage/analyses/analysis-record.ts'
import { findAnalysis } from '../../src/storage/analyses/analysis-store.ts'
import { findReport, listEvidenceRecords } from '../../src/storage/analyses/report-store.ts'
import { eraseAnalysis } from '../../src/storage/retention/erase.ts'
import { sweepExpired, sweepOrphans } from '../../src/storage/retention/sweep.ts'
import { ENGINES, type TestDatabase } from './engines.ts'
import { MODEL, sampleAnalysis, sampleReport } from './sample-analysis.ts'

const HOUR = 3600_000
const SECRET = 'pixels that nobody else should see'

describe.each(ENGINES)('retention on %s', (_, open) => {
  let database: TestDatabase
  let folder: string
  let blobs: Blobs
  let queue: JobQueue
  beforeAll(async () => {
    database = await open()
    folder = await mkdtemp(join(tmpdir(), 'unswap-retention-'))
    blobs = await openFolderBlobs(folder)
    queue = await openJobQueue(database.db, blobs)
  })
  afterAll(async () => {
    await queue.close()
    await database.stop()
    await rm(folder, { recursive: true, force: true })
  })

  /** Every file of the store that holds the secret: what an undeleter of files would look for. */
  const onDisk = async () => {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
    const contents = await Promise.all(files.map((file) => readFile(file, 'utf8')))
    return files.filter((_file, index) => contents[index]!.includes(SECRET))
  }
  const submit = async (change: Partial<NewAnalysis> = {}) => {
    const analysis = sampleAnalysis(change)
    await blobs.put(analysis.mediaBlob, Buffer.from(SECRET))
    await queue.enqueue(analysis)
    return analysis.id
  }
  const finish = async (id: string, evidence: boolean) => {
    const lease = await queue.take('worker')
    expect(lease!.analysisId).toBe(id)
    const stored = {
      name: 'annotated.jpg',
      type: 'image/jpeg',
      blob: `${evidencePrefix(id, lease!.token)}a.jpg`,
    }
    const size = evidence ? await blobs.put(stored.blob, Buffer.from(SECRET)) : null
    await queue.complete(lease!, {
      report: sampleReport(),
      modelsHash: hashModels([MODEL]),
      timings: {},
      evidence: size ? [{ ...stored, ...size }] : [],
    })
  }

  test('none: on the disk while it is analysed, and not a moment longer', async () => {
    const id = await submit({ retention: 'none' })
    expect(await onDisk()).toHaveLength(1)
    await finish(id, false)
    expect(await onDisk()).toEqual([])
    expect((await findReport(database.db, id))!.verdict.band).toBe('likely_authentic')
    await eraseAnalysis(database.db, blobs, id)
  })

  test('none: cancelled before it began', async () => {
    const id = await submit({ retention: 'none' })
    await queue.cancel(id)
    expect(await onDisk()).toEqual([])
    await eraseAnalysis(database.db, blobs, id)
  })

  test('hours:N: media and evidence go when their time is over, the report stays', async () => {
    const id = await submit({ retention: 'hours:2' })
    await finish(id, true)
    const { finishedAt, expiresAt } = (await findAnalysis(database.db, id))!
    expect(expiresAt! - finishedAt!).toBe(2 * HOUR)
    expect((await sweepExpired(database.db, blobs, expiresAt! - 1)).expired).toBe(0)
    expect(await onDisk()).toHaveLength(2)
    expect((await sweepExpired(database.db, blobs, expiresAt!)).expired).toBe(1)
    expect(await onDisk()).toEqual([])
    expect(await listEvidenceRecords(database.db, id)).toEqual([])
    expect((await findAnalysis(database.db, id))!.mediaBlob).toBeNull()
    expect(await findReport(database.db, id)).not.toBeNull()
    expect((await sweepExpired(database.db, blobs, expiresAt!)).expired).toBe(0)
    await eraseAnalysis(database.db, blobs, id)
  })

  test('keep: stays until it is deleted, and then nothing is left', async () => {
    const id = await submit({ retention: 'keep' })
    await finish(id, true)
    await sweepExpired(database.db, blobs, Date.now() + 100 * 365 * 24 * HOUR)
    expect(await onDisk()).toHaveLength(2)
    expect(await eraseAnalysis(database.db, blobs, id)).toBe(true)
    expect(await onDisk()).toEqual([])
    expect(await findAnalysis(database.db, id)).toBeNull()
    expect(await eraseAnalysis(database.db, blobs, id)).toBe(false)
  })

  test('blobs that no row names go once they are old; those at work and in use stay', async () => {
    const [kept, running] = [await submit(), await submit({ retention: 'none' })]
    await finish(kept, true)
    const lease = await queue.take('worker')
    const unowned = sampleAnalysis()
    await blobs.put(unowned.mediaBlob, Buffer.from(SECRET))
    await blobs.put(`${evidencePrefix(kept, 99)}lost.jpg`, Buffer.from(SECRET))
    await blobs.put(`${evidencePrefix(running, lease!.token)}half.jpg`, Buffer.from(SECRET))
    const young = sampleAnalysis()
    await blobs.put(young.mediaBlob, Buffer.from(SECRET))
    for (const file of await onDisk()) {
      if (!file.includes(young.id)) await utimes(file, new Date(0), new Date(0))
    }
    expect(await sweepOrphans(database.db, blobs)).toBe(2)
    const left = await onDisk()
    expect(left).toHaveLength(5)
    expect(left.some((file) => file.includes(unowned.id) || file.includes('lost'))).toBe(false)
    for (const id of [kept, running]) await eraseAnalysis(database.db, blobs, id)
    await blobs.deleteAll(analysisPrefix(young.id))
    expect(await onDisk()).toEqual([])
  })

  test('answers kept for repeats go after their day', async () => {
    const now = Date.now()
    await beginIdempotent(database.db, { owner: 'o', route: 'r', key: 'k', bodyHash: 'h' }, 'id', now)
    expect((await sweepExpired(database.db, blobs, now)).rows).toBe(0)
    expect((await sweepExpired(database.db, blobs, now + 25 * HOUR)).rows).toBe(1)
  })
})
