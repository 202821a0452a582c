import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { eraseAnalysis } from '../../src/storage/retention/erase.ts'
import { QUEUES } from '../jobs/queues.ts'
import { BROKEN, completion, useQueue } from '../jobs/use-queue.ts'

describe.each(QUEUES)('%s: the same question asked again while the first is at work', (_, openGround) => {
  const { used, open, enqueue, take, drain, stateOf } = useQueue(openGround)
  const same = { sha256: 'f'.repeat(64) }
  const takenNow = async () => (await used.queue.take('other'))?.analysisId ?? null

  test('waits for the first, and for nobody else’s', async () => {
    const first = await enqueue(same)
    const second = await enqueue(same)
    const lease = await take()
    expect(lease.analysisId).toBe(first)
    expect(await takenNow()).toBeNull()
    const others = [
      await enqueue({ ...same, owner: 'key:two' }),
      await enqueue({ ...same, fresh: true }),
      await enqueue({ ...same, models: ['another'] }),
      await enqueue({ ...same, settings: { sampling: { all: true }, maxFaces: 1, flip: true } }),
    ]
    expect((await drain(4)).map(({ analysisId }) => analysisId).sort()).toEqual(others.sort())
    expect(await takenNow()).toBeNull()
    await used.queue.complete(lease, completion())
    expect((await take()).analysisId).toBe(second)
  })

  test('goes on alone when the first is cancelled or erased, and the third then waits for it', async () => {
    const ids = [await enqueue(same), await enqueue(same), await enqueue(same)]
    await take()
    await used.queue.cancel(ids[0]!)
    expect(await stateOf(ids[1]!)).toBe('queued')
    expect((await take()).analysisId).toBe(ids[1])
    expect(await takenNow()).toBeNull()
    await used.queue.cancel(ids[1]!)
    await eraseAnalysis(used.ground.db, used.ground.blobs, ids[1]!)
    expect((await take()).analysisId).toBe(ids[2])
  })

  test('is free when the first fails, and waits on when the first is put back', async () => {
    const first = await enqueue(same)
    const second = await enqueue(same)
    await used.queue.release(await take())
    const again = await take()
    expect(again.analysisId).toBe(first)
    expect(await used.queue.fail(again, { ...BROKEN, retryable: false })).toBe('failed')
    expect((await take()).analysisId).toBe(second)
  })

  test('does not wait for one that keeps no pictures when it wants them, nor behind a lower priority', async () => {
    const bare = await enqueue({ ...same, retention: 'none', priority: 'low' })
    const kept = await enqueue({ ...same, priority: 'batch' })
    const urgent = await enqueue(same)
    const lease = await take()
    expect(lease.analysisId).toBe(urgent)
    expect(await takenNow()).toBeNull()
    await used.queue.complete(lease, completion())
    expect((await take()).analysisId).toBe(kept)
    await used.queue.cancel(kept)
    expect((await take()).analysisId).toBe(bare)
  })

  test('waits for no lease from a time before the clock was set back', async () => {
    const low = await enqueue({ ...same, priority: 'low' })
    await take()
    const live = await enqueue(same)
    expect(await takenNow()).toBeNull()
    const later = Date.now() + 24 * 3600_000
    await used.ground.db
      .updateTable('jobs')
      .set({ lease_until: later })
      .where('analysis_id', '=', low)
      .execute()
    await used.queue.reconcile()
    expect((await take()).analysisId).toBe(live)
  })

  test('of many takers at once, one gets it', async () => {
    const other = await open()
    const ids = await Promise.all(Array.from({ length: 8 }, () => enqueue(same)))
    const round = async () => {
      const takers = Array.from({ length: 6 }, (_unused, index) =>
        (index % 2 ? used.queue : other).take(`worker-${index}`),
      )
      return (await Promise.all(takers)).filter((lease) => lease !== null)
    }
    const done: string[] = []
    for (let tries = 0; done.length < ids.length && tries < 400; tries++) {
      const leases = await round()
      expect(leases.length).toBeLessThan(2)
      for (const lease of leases) {
        await used.queue.complete(lease, completion())
        done.push(lease.analysisId)
      }
      if (leases.length === 0) await pause(10)
    }
    expect(done.sort()).toEqual(ids.sort())
  })
})
