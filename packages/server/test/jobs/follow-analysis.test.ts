import { randomUUIDv7 } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { AnalysisRecord } from '../../src/storage/analyses/analysis-record.ts'
import { eraseAnalysis } from '../../src/storage/retention/erase.ts'
import { QUEUES } from './queues.ts'
import { completion, PROGRESS, useQueue } from './use-queue.ts'

describe.each(QUEUES)('%s: following an analysis', (_, openGround) => {
  const { used, open, enqueue, take } = useQueue(openGround)

  test('a watcher sees what happens, across processes, to the end', async () => {
    const other = await open()
    const id = await enqueue()
    const seen: AnalysisRecord[] = []
    const watching = (async () => {
      for await (const analysis of other.follow(id)) seen.push(analysis)
    })()
    const until = async (holds: () => boolean) => {
      while (!holds()) await pause(10)
    }
    await until(() => seen.at(-1)?.state === 'queued')
    const lease = await take()
    await until(() => seen.at(-1)?.state === 'running')
    await used.queue.progress(lease, PROGRESS)
    await until(() => seen.at(-1)?.progress !== null)
    expect(seen.at(-1)!.progress).toEqual(PROGRESS)
    await used.queue.complete(lease, completion())
    await watching
    expect(seen.at(-1)!.state).toBe('completed')
    const revisions = seen.map((analysis) => analysis.revision)
    expect(revisions).toEqual([...revisions].sort((a, b) => a - b))
    expect(new Set(revisions).size).toBe(revisions.length)

    const late: AnalysisRecord[] = []
    for await (const analysis of other.follow(id, { after: revisions.at(-2)! })) late.push(analysis)
    expect(late.map((analysis) => analysis.state)).toEqual(['completed'])
  })

  test('watching ends when the watcher goes, or the analysis is erased', async () => {
    const id = await enqueue()
    const leaving = new AbortController()
    let seen = 0
    for await (const _analysis of used.queue.follow(id, { signal: leaving.signal })) {
      seen++
      leaving.abort()
    }
    const erased = (async () => {
      for await (const _analysis of used.queue.follow(id)) seen++
    })()
    await pause(50)
    await eraseAnalysis(used.ground.db, used.ground.blobs, id)
    await erased
    for await (const _analysis of used.queue.follow(randomUUIDv7())) seen++
    expect(seen).toBe(2)
  })

  test('statistics tell depth, age and priorities', async () => {
    expect(await used.queue.stats()).toEqual({
      queued: 0,
      running: 0,
      oldestSeconds: null,
      byPriority: { live: 0, batch: 0, low: 0 },
    })
    await enqueue({ priority: 'batch' })
    await enqueue({ priority: 'low' })
    await enqueue()
    await take()
    await pause(20)
    const stats = await used.queue.stats()
    expect(stats).toMatchObject({ queued: 2, running: 1, byPriority: { live: 0, batch: 1, low: 1 } })
    expect(stats.oldestSeconds).toBeGreaterThan(0.015)
  })
})
