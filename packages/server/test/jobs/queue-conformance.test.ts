import { randomUUIDv7 } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { Lease } from '../../src/jobs/job-queue.ts'
import { findAnalysis } from '../../src/storage/analyses/analysis-store.ts'
import { findReport } from '../../src/storage/analyses/report-store.ts'
import { takeDelivery } from '../../src/storage/delivery-store.ts'
import { eraseAnalysis } from '../../src/storage/retention/erase.ts'
import { QUEUES } from './queues.ts'
import { BROKEN, completion, PROGRESS, useQueue } from './use-queue.ts'

describe.each(QUEUES)('%s', (_, openGround) => {
  const { used, open, enqueue, take, drain, stateOf } = useQueue(openGround)

  test('a job goes from hand to hand and ends once', async () => {
    expect(await used.queue.take('worker')).toBeNull()
    const id = await enqueue()
    expect(await stateOf(id)).toBe('queued')
    const lease = await take()
    expect(lease).toMatchObject({
      analysisId: id,
      owner: 'key:one',
      priority: 'live',
      attempt: 1,
      crashes: 0,
    })
    expect(await stateOf(id)).toBe('running')
    expect(await used.queue.take('other')).toBeNull()
    expect(await used.queue.heartbeat([lease])).toEqual(new Set())
    expect(await used.queue.complete(lease, completion())).toBe('completed')
    expect(await used.queue.complete(lease, completion())).toBe('lost')
    expect(await used.queue.fail(lease, BROKEN)).toBe('lost')
    expect(await used.queue.heartbeat([lease])).toEqual(new Set([id]))
    expect(await stateOf(id)).toBe('completed')
    expect((await findReport(used.ground.db, id))!.verdict.band).toBe('likely_authentic')
    expect(await used.queue.take('worker')).toBeNull()
  })

  test('many takers at once never get the same job', async () => {
    const other = await open()
    const ids = await Promise.all(Array.from({ length: 20 }, () => enqueue()))
    const takers = Array.from({ length: 10 }, (_unused, index) => (index % 2 ? used.queue : other))
    const taken: string[] = []
    await Promise.all(
      takers.map(async (from, index) => {
        for (;;) {
          const lease = await from.take(`worker-${index}`)
          if (!lease) return
          taken.push(lease.analysisId)
          await from.complete(lease, completion())
        }
      }),
    )
    expect(taken.sort()).toEqual(ids.sort())
  })

  test('live goes before batch, and batch before low', async () => {
    const low = await enqueue({ priority: 'low' })
    const batch = await enqueue({ priority: 'batch' })
    const live = await enqueue({ priority: 'live' })
    expect((await drain(3)).map((lease) => lease.analysisId)).toEqual([live, batch, low])
  })

  test('one who has waited long enough goes before a later one of higher priority', async () => {
    const low = await enqueue({ priority: 'low' })
    const long = 11 * 60_000
    await used.ground.db
      .updateTable('jobs')
      .set((update) => ({
        created_at: update('created_at', '-', long),
        position: update('position', '-', long),
      }))
      .where('analysis_id', '=', low)
      .execute()
    await used.queue.reconcile()
    const live = await enqueue({ priority: 'live' })
    expect((await drain(2)).map((lease) => lease.analysisId)).toEqual([low, live])
  })

  test('owners take turns, however many jobs one of them has', async () => {
    for (let index = 0; index < 12; index++) await enqueue({ owner: 'key:many' })
    for (let index = 0; index < 3; index++) await enqueue({ owner: 'key:few' })
    const order = (await drain(15)).map((lease) => lease.owner)
    expect(order.slice(0, 6).filter((owner) => owner === 'key:few')).toHaveLength(3)
  })

  test('the jobs of one owner keep their order', async () => {
    const ids: string[] = []
    for (let index = 0; index < 5; index++) ids.push(await enqueue())
    expect((await drain(5)).map((lease) => lease.analysisId)).toEqual(ids)
  })

  test('a silent worker loses its job to another, and can no longer end it', async () => {
    const quick = await open({ leaseMs: 300 })
    const id = await enqueue()
    const first = await take(quick, 'silent')
    await pause(350)
    await quick.reconcile()
    const second = await take(quick, 'awake')
    expect(second).toMatchObject({ analysisId: id, attempt: 2 })
    expect(second.token).toBeGreaterThan(first.token)
    expect(await quick.heartbeat([first])).toEqual(new Set([id]))
    expect(await quick.complete(first, completion())).toBe('lost')
    expect(await quick.fail(first, BROKEN)).toBe('lost')
    await quick.progress(first, PROGRESS)
    expect((await findAnalysis(used.ground.db, id))!.progress).toBeNull()
    await quick.release(first)
    expect(await stateOf(id)).toBe('running')
    expect(await quick.complete(second, completion())).toBe('completed')
  })

  test('a heartbeat keeps the job beyond its lease', async () => {
    const quick = await open({ leaseMs: 400 })
    await enqueue()
    const lease = await take(quick)
    for (let beat = 0; beat < 6; beat++) {
      await pause(120)
      expect(await quick.heartbeat([lease])).toEqual(new Set())
      expect(await quick.take('other')).toBeNull()
    }
    expect(await quick.complete(lease, completion())).toBe('completed')
  })

  test('a job whose workers all died fails in the end', async () => {
    const quick = await open({ leaseMs: 50, attempts: 2 })
    const id = await enqueue()
    for (const attempt of [1, 2]) {
      expect((await take(quick)).attempt).toBe(attempt)
      await pause(80)
      if (attempt === 1) await quick.reconcile()
    }
    expect(await quick.take('worker')).toBeNull()
    await quick.reconcile()
    expect(await findAnalysis(used.ground.db, id)).toMatchObject({
      state: 'failed',
      error: { code: 'worker_lost' },
    })
  })

  test('a failure that may pass is tried again after growing pauses, then fails', async () => {
    const patient = await open({ attempts: 3, firstPauseMs: 600 })
    const id = await enqueue()
    const starts: number[] = []
    for (const outcome of ['retrying', 'retrying', 'failed']) {
      const lease = await take(patient)
      starts.push(Date.now())
      expect(await patient.fail(lease, BROKEN)).toBe(outcome)
      expect(await patient.take('worker')).toBeNull()
    }
    expect(starts[1]! - starts[0]!).toBeGreaterThanOrEqual(595)
    expect(starts[2]! - starts[1]!).toBeGreaterThanOrEqual(1195)
    expect(await findAnalysis(used.ground.db, id)).toMatchObject({
      state: 'failed',
      attempts: 3,
      error: { code: 'decoder_failed', message: 'broken', retryable: true },
    })
  })

  test('an outage of the store costs time, and no start', async () => {
    const patient = await open({ attempts: 2, firstPauseMs: 10 })
    const id = await enqueue()
    const outage = { code: 'storage_failed', message: 'the bucket is away', retryable: true } as const
    for (let round = 0; round < 4; round++) {
      const lease = await take(patient)
      expect(lease.attempt).toBe(1)
      expect(await patient.fail(lease, outage)).toBe('retrying')
    }
    // Not for ever: what has waited for a day is told.
    await used.ground.db.updateTable('jobs').set({ created_at: 0 }).where('analysis_id', '=', id).execute()
    expect(await patient.fail(await take(patient), outage)).toBe('retrying')
    expect(await patient.fail(await take(patient), outage)).toBe('failed')
    expect((await findAnalysis(used.ground.db, id))!.error).toMatchObject({ code: 'storage_failed' })
  })

  test('a failure that will not pass ends at once', async () => {
    const id = await enqueue()
    const failure = { code: 'media_unreadable', message: 'no picture', retryable: false } as const
    expect(await used.queue.fail(await take(), failure)).toBe('failed')
    expect((await findAnalysis(used.ground.db, id))!.error).toEqual(failure)
  })

  test('the death of its process is forgiven to a job once', async () => {
    const forgiving = await open({ firstPauseMs: 10 })
    const id = await enqueue()
    const crash = {
      code: 'worker_crashed',
      message: 'signal SIGSEGV',
      retryable: false,
      crash: true,
    } as const
    expect(await forgiving.fail(await take(forgiving), crash)).toBe('retrying')
    const again = await take(forgiving)
    expect(again).toMatchObject({ attempt: 2, crashes: 1 })
    expect(await forgiving.fail(again, crash)).toBe('failed')
    expect((await findAnalysis(used.ground.db, id))!.error).toMatchObject({
      code: 'media_crashed_worker',
      retryable: false,
    })
  })

  test('a job given back is free at once, and its start does not count', async () => {
    const id = await enqueue()
    await used.queue.release(await take())
    expect(await stateOf(id)).toBe('queued')
    expect(await take()).toMatchObject({ analysisId: id, attempt: 1 })
  })

  test('cancelling ends a waiting job, and takes a running one from its worker', async () => {
    const waiting = await enqueue()
    expect(await used.queue.cancel(waiting)).toBe('cancelled')
    expect(await used.queue.take('worker')).toBeNull()
    const running = await enqueue()
    const lease = await take()
    expect(await used.queue.cancel(running)).toBe('cancelled')
    expect(await used.queue.heartbeat([lease])).toEqual(new Set([running]))
    expect(await used.queue.complete(lease, completion())).toBe('lost')
    expect(await findAnalysis(used.ground.db, running)).toMatchObject({ state: 'cancelled' })
    const done = await enqueue()
    await used.queue.complete(await take(), completion())
    expect(await used.queue.cancel(done)).toBe('completed')
    expect(await used.queue.cancel(randomUUIDv7())).toBeNull()
  })

  test('erasing a running analysis takes it from its worker', async () => {
    const id = await enqueue()
    const lease = await take()
    expect(await eraseAnalysis(used.ground.db, used.ground.blobs, id)).toBe(true)
    expect(await used.queue.heartbeat([lease])).toEqual(new Set([id]))
    expect(await used.queue.complete(lease, completion())).toBe('lost')
    expect(await findAnalysis(used.ground.db, id)).toBeNull()
    expect(await used.queue.take('worker')).toBeNull()
  })

  test('media with retention `none` is gone when its analysis ends, in whatever way', async () => {
    const ways: ((lease: Lease) => Promise<unknown>)[] = [
      (lease) => used.queue.complete(lease, completion()),
      (lease) => used.queue.fail(lease, { ...BROKEN, retryable: false }),
      (lease) => used.queue.cancel(lease.analysisId),
    ]
    for (const end of ways) {
      const id = await enqueue({ retention: 'none' })
      const { mediaBlob } = (await findAnalysis(used.ground.db, id))!
      const lease = await take()
      expect(await used.ground.blobs.size(mediaBlob!)).toBe(5)
      await end(lease)
      expect(await used.ground.blobs.size(mediaBlob!)).toBeNull()
      expect((await findAnalysis(used.ground.db, id))!.mediaBlob).toBeNull()
    }
  })

  test('the end of an analysis makes its webhook due', async () => {
    const webhook = { url: 'https://example.org/', secret: 'long enough' }
    const id = await enqueue({ webhook })
    const lease = await take()
    expect(await takeDelivery(used.ground.db)).toBeNull()
    await used.queue.complete(lease, completion())
    expect(await takeDelivery(used.ground.db)).toMatchObject({ analysisId: id, ...webhook })
  })

  test('waiting ends when work comes', async () => {
    const signal = AbortSignal.timeout(10_000)
    const waited = used.queue.wait(signal)
    await enqueue()
    await waited
    expect(signal.aborted).toBe(false)
    expect(await used.queue.take('worker')).not.toBeNull()
  })

  test('reconciling again and again does nothing to healthy jobs', async () => {
    const [waiting, running] = [await enqueue(), await enqueue()]
    const lease = await take()
    for (let round = 0; round < 3; round++) await used.queue.reconcile()
    expect(await stateOf(lease.analysisId)).toBe('running')
    expect((await take()).analysisId).toBe(lease.analysisId === waiting ? running : waiting)
    expect(await used.queue.take('worker')).toBeNull()
  })
})
