import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createScorer, openClassifiers, type Remote } from '../../src/index.ts'
import { serve } from './backends.ts'
import type { Fault } from './kserve/server.ts'
import { addModel, type Edits, modelsFolder, plain } from './models.ts'

const RED = plain(0.9, 0.5, 0.1)

async function served(edits: Edits = {}, options: Parameters<typeof serve>[1] = {}) {
  const modelsDir = await modelsFolder()
  await addModel(modelsDir, 'one', 'nhwc', edits)
  const server = await serve({ modelsDir }, options)
  const open = (remote: Partial<Remote> = {}) =>
    openClassifiers({ modelsDir, remote: { url: server.url, attempts: 3, ...remote } })
  const scorer = async (remote: Partial<Remote> = {}) => {
    const scorer = createScorer(await open(remote))
    onTestFinished(() => scorer.close())
    return scorer
  }
  return { server, modelsDir, open, scorer }
}

/** Faults for the first requests to run a network; the rest pass. */
const failing = (faults: Fault[]) => (path: string) =>
  (path.endsWith('/infer') ? faults.shift() : null) ?? null

describe('the protocol', () => {
  it('carries tensors as bytes, or as numbers where the server knows no more', async () => {
    const { server, scorer } = await served()
    const [binary] = await (await scorer()).score([RED])
    server.extensions = []
    const [json] = await (await scorer()).score([RED])
    expect(binary!.logits[0]).toBeCloseTo(0.8, 3)
    expect(json).toEqual(binary)
    expect(server.requests.filter((path) => path.endsWith('/config'))).toHaveLength(1)
  })

  it('shares runs between workers, as dynamic batching does', async () => {
    const { server, scorer } = await served()
    const scorers = await Promise.all(Array.from({ length: 4 }, () => scorer()))
    server.batches.splice(0)
    await Promise.all(scorers.map((one) => one.score([RED])))
    expect(server.batches.length).toBeLessThan(4)
    expect(server.batches.reduce((sum, rows) => sum + rows)).toBe(4)
  })

  it('sends the token, and says so when it is refused', async () => {
    const { open, scorer } = await served({}, { token: 'secret' })
    await expect(open()).rejects.toMatchObject({
      code: 'scoring_unavailable',
      message: expect.stringContaining('token'),
    })
    const [score] = await (await scorer({ token: 'secret' })).score([RED])
    expect(score!.logits[0]).toBeCloseTo(0.8, 3)
  })

  it('takes an address with a path, and never follows a redirect', async () => {
    const { server, open } = await served()
    await expect(open({ url: `${server.url}/elsewhere` })).rejects.toMatchObject({
      code: 'scoring_unavailable',
    })
    expect(server.requests).toContain('/elsewhere/v2/health/ready')
    const { server: other } = await served()
    other.redirectTo = server.url
    const before = server.requests.length
    await expect(open({ url: other.url })).rejects.toMatchObject({ code: 'scoring_unavailable' })
    expect(server.requests).toHaveLength(before)
  })
})

describe('what must be as the manifest says', () => {
  it('a server that does not have the model', async () => {
    const { modelsDir, server } = await served()
    await addModel(modelsDir, 'two', 'nchw')
    const opening = openClassifiers({ modelsDir, remote: { url: server.url } })
    await expect(opening).rejects.toMatchObject({
      code: 'model_missing',
      message: expect.stringContaining('unswap models triton'),
    })
  })

  it('tensors of another shape, and weights with another sum', async () => {
    const { server } = await served()
    const other = await modelsFolder()
    await addModel(other, 'one', 'nchw')
    const opening = openClassifiers({ modelsDir: other, remote: { url: server.url } })
    await expect(opening).rejects.toMatchObject({
      code: 'model_invalid',
      message: expect.stringContaining('crops'),
    })
    const changed = await modelsFolder()
    await addModel(changed, 'one', 'nhwc', {
      manifest: (manifest) => ({
        ...manifest,
        weights: [{ ...manifest.weights[0], sha256: '0'.repeat(64) }],
      }),
    })
    await expect(openClassifiers({ modelsDir: changed, remote: { url: server.url } })).rejects.toMatchObject({
      code: 'model_corrupt',
    })
  })

  it('a batch that the server refuses is told in its words', async () => {
    const { modelsDir, server } = await served()
    const classifiers = await openClassifiers({ modelsDir, remote: { url: server.url } })
    const scorer = createScorer(classifiers, { batch: 16 })
    onTestFinished(() => scorer.close())
    const scores = Promise.all(Array.from({ length: 16 }, () => scorer.score([RED])))
    await expect(scores).rejects.toMatchObject({
      code: 'inference_failed',
      retryable: false,
      message: expect.stringContaining('batch-size must be <= 8'),
    })
  })
})

describe('a server in trouble', () => {
  it.each<[string, Fault[]]>([
    ['503', [{ status: 503 }, { status: 503 }]],
    ['429, then 500', [{ status: 429 }, { status: 500 }]],
    ['a connection that is cut', [{ cut: true }, { cut: true }]],
    ['an answer cut in the middle', [{ half: true }, { half: true }]],
  ])('%s is tried again', async (_, faults) => {
    const { server, scorer } = await served()
    const one = await scorer()
    server.fault = failing(faults)
    const [score] = await one.score([RED])
    expect(score!.logits[0]).toBeCloseTo(0.8, 3)
    expect(faults).toEqual([])
  })

  it.each<[string, Fault, Partial<Remote>]>([
    ['busy for good', { status: 503 }, {}],
    ['gone', { cut: true }, {}],
    ['too slow', { delay: 5000 }, { seconds: 0.05 }],
  ])('%s: an error that may pass, never a score', async (_, fault, remote) => {
    const { server, scorer } = await served()
    const one = await scorer({ attempts: 2, ...remote })
    server.fault = failing([fault, fault, fault])
    await expect(one.score([RED])).rejects.toMatchObject({ code: 'scoring_unavailable', retryable: true })
    server.fault = () => null
    await one.score([RED])
  })

  it('is not asked again for what is wrong in itself', async () => {
    const { server, scorer } = await served()
    const one = await scorer()
    server.requests.splice(0)
    server.fault = failing([{ status: 404 }])
    await expect(one.score([RED])).rejects.toMatchObject({ code: 'inference_failed' })
    expect(server.requests).toHaveLength(1)
  })

  it('nobody listens at the address', async () => {
    const { server, open } = await served()
    await server.close()
    await expect(open()).rejects.toMatchObject({ code: 'scoring_unavailable' })
  })

  it('a caller who goes takes the request along; one who stays keeps it', async () => {
    const { server, scorer } = await served()
    const one = await scorer({ seconds: 30 })
    server.fault = failing([{ delay: 20_000 }])
    server.requests.splice(0)
    const leaving = new AbortController()
    const score = one.score([RED], leaving.signal)
    await until(() => server.requests.length === 1)
    leaving.abort()
    await expect(score).rejects.toMatchObject({ code: 'cancelled' })
    await until(() => server.aborted() === 1)

    server.fault = failing([{ delay: 200 }])
    const other = new AbortController()
    const scores = [one.score([RED], other.signal), one.score([RED])]
    other.abort()
    await expect(scores[0]).rejects.toMatchObject({ code: 'cancelled' })
    expect((await scores[1])![0]!.logits[0]).toBeCloseTo(0.8, 3)
  })
})

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await pause(5)
}
