import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ClassifierManifest, Report, TemporalMeasure } from '@unswap/contract'
import Value from 'typebox/value'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createScorer, openClassifiers, openDetector, readManifests } from '../../src/index.ts'
import { createSequence } from '../../src/temporal/sequence.ts'
import { judgeMotion, openTemporalHeads } from '../../src/temporal/temporal-head.ts'
import { BACKENDS } from '../classifiers/backends.ts'
import { addModel, modelsFolder, plain } from '../classifiers/models.ts'
import { addHead, addXceptionWithHead, trainersClip } from './heads.ts'
import { sample } from './samples.ts'

/** A sample with the map that a head needs. */
const mapped = (seconds: number, features?: Float32Array) => {
  const one = sample({ seconds })
  const map = { margin: 1.3, size: 28, logits: new Float32Array(784).fill(-30) }
  return { ...one, score: [{ ...one.score[0]!, map, ...(features && { features }) }] }
}

async function openHead(edit: (folder: string) => Promise<unknown> = async () => undefined, change = {}) {
  const modelsDir = await modelsFolder()
  await addModel(modelsDir, 'toy', 'nchw')
  const [manifest] = await readManifests(modelsDir)
  const temporal = { ...(await addHead(join(modelsDir, 'toy'))), ...change }
  await edit(join(modelsDir, 'toy'))
  const [head] = await openTemporalHeads(modelsDir, [{ manifest: { ...manifest!, temporal } }])
  onTestFinished(() => head!.close())
  return head!
}

describe('what a head reads', () => {
  it('is the row that the trainer makes of the same frame, and gives the same logit', async () => {
    const { logit, rows, samples } = await trainersClip()
    const sequence = createSequence(0, 32)
    for (const one of samples) sequence.add(one)
    const [window] = sequence.windows()
    const errors = rows.flat().map((value, i) => Math.abs(window!.rows[i]! - value))
    expect(window!.rows).toHaveLength(rows.flat().length)
    expect(Math.max(...errors)).toBeLessThan(1e-4)
    const head = await openHead()
    expect(Math.abs((await head.judge([window!]))[0]! - logit)).toBeLessThan(1e-3)
  })

  it('ends with the features of a model that gives them', () => {
    const sequence = createSequence(0, 4)
    for (let i = 0; i < 4; i++) sequence.add(mapped(i, Float32Array.of(7, 8, 9)))
    expect([...sequence.windows()[0]!.rows.slice(62, 65)]).toEqual([7, 8, 9])
  })

  it('is windows of neighbours, each of which starts anew, and no window of fewer than four', () => {
    const sequence = createSequence(0, 5)
    const frames: number[][] = []
    for (let i = 0; i < 10; i++) {
      sequence.add(mapped(i))
      frames.push(sequence.windows().map((window) => window.frames))
    }
    expect(frames.slice(2, 9)).toEqual([[], [4], [5], [5], [5], [5], [5, 4]])
    const gaps = sequence.windows().map(({ rows }) => [60, 60 + 62].map((at) => rows[at]))
    expect(gaps).toEqual([0, 1].map(() => [0, expect.closeTo(Math.log(2), 5)]))
  })

  it('stays small, and spread over the whole, however long the video', () => {
    const sequence = createSequence(0, 4)
    for (let i = 0; i < 4000; i++) sequence.add({ ...mapped(i), inside: [i, 0, 0] })
    const starts = sequence.windows().map(({ rows }) => rows[53]!)
    expect(starts.length).toBeLessThanOrEqual(16)
    expect(starts.length).toBeGreaterThanOrEqual(7)
    expect(starts[0]).toBe(0)
    expect(starts.at(-1)).toBeGreaterThan(3000)
    const steps = starts.slice(1).map((start, i) => start - starts[i]!)
    expect(new Set(steps).size).toBe(1)
  })
})

describe('a temporal head', () => {
  it('gives one measure for a track, the mean over its windows, whatever else they are run with', async () => {
    const head = await openHead()
    const { samples } = await trainersClip()
    const [sequence, twice] = [createSequence(0, 4), createSequence(0, 4)]
    for (const one of samples) sequence.add(one)
    for (const one of [...samples, ...samples]) twice.add(one)
    const [measure] = await judgeMotion([head], [sequence])
    expect(Value.Check(TemporalMeasure, measure)).toBe(true)
    expect(measure).toMatchObject({ id: 'temporal_head', model: 'toy', unit: 'logit', samples: 4 })
    const [both] = await judgeMotion([head], [twice])
    expect(both).toMatchObject({ samples: 8, value: expect.closeTo(measure!.value, 4) })
    expect(await judgeMotion([head, null], [createSequence(0, 4), null])).toEqual([])
  })

  it.each<[string, (folder: string) => Promise<unknown>, object, string]>([
    ['with another sum', async () => undefined, { sha256: '0'.repeat(64) }, 'model_corrupt'],
    ['that is gone', (folder) => rm(join(folder, 'temporal.onnx')), {}, 'model_missing'],
    ['without goldens', (folder) => rm(join(folder, 'temporal-golden.json')), {}, 'model_missing'],
    [
      'whose goldens have other rows',
      (folder) => writeGolden(folder, { rows: [[1, 2, 3]], logit: 0 }),
      {},
      'model_invalid',
    ],
    [
      'that does not reproduce its goldens',
      (folder) => writeGolden(folder, { rows: [new Array(62).fill(0)], logit: 99 }),
      {},
      'model_self_test_failed',
    ],
  ])('%s is refused', async (_, edit, change, code) => {
    await expect(openHead(edit, change)).rejects.toMatchObject({ code })
  })

  it('is refused for a model whose map it cannot read', async () => {
    const modelsDir = await modelsFolder()
    const temporal = {
      file: 'temporal.onnx',
      sha256: '0'.repeat(64),
      bytes: 1,
      frames: 32,
      training: { summary: '', date: '' },
    }
    await addModel(modelsDir, 'toy', 'nchw', { manifest: (manifest) => ({ ...manifest, temporal }) })
    await expect(readManifests(modelsDir)).rejects.toMatchObject({
      code: 'model_invalid',
      message: expect.stringContaining('temporal head'),
    })
  })

  it.each(BACKENDS)('reads features where the manifest names an output for them, %s', async (_, open) => {
    const modelsDir = await modelsFolder()
    await addModel(modelsDir, 'toy', 'nchw', { manifest: naming('logits') })
    const scorer = createScorer(await open({ modelsDir }))
    onTestFinished(() => scorer.close())
    const [score] = await scorer.score([plain(0.8, 0.4, 0.2)])
    expect([...score!.features!]).toEqual([...score!.logits])
  })

  it('is no reason to run a model whose weights lack the features that the manifest names', async () => {
    const modelsDir = await modelsFolder()
    await addModel(modelsDir, 'toy', 'nchw', { manifest: naming('features') })
    await expect(openClassifiers({ modelsDir })).rejects.toMatchObject({ code: 'model_invalid' })
  })
})

it('a video is shown what the head says; the verdict does not move', { timeout: 60_000 }, async () => {
  const source = { path: join(import.meta.dirname, '../../../../testdata/video/real-astronaut.mp4') }
  const modelsDir = await modelsFolder()
  await addXceptionWithHead(modelsDir)
  const detector = await openDetector({ modelsDir })
  onTestFinished(() => detector.close())
  const { report } = await detector.analyze(source, { sampling: { count: 9 } })
  const bare = await openDetector({ modelsDir: join(import.meta.dirname, '../../../../models') })
  onTestFinished(() => bare.close())
  const without = await bare.analyze(source, { sampling: { count: 9 } })
  expect([...Value.Errors(Report, report)]).toEqual([])
  const measure = report.faces[0]!.temporal.find(({ id }) => id === 'temporal_head')
  expect(measure).toMatchObject({ model: 'xception-1', samples: report.faces[0]!.usable })
  expect(report.models[0]!.temporal!.sha256).toMatch(/^[0-9a-f]{64}$/)
  expect(report.verdict).toEqual(without.report.verdict)
  expect(without.report.faces[0]!.temporal.map(({ id }) => id)).not.toContain('temporal_head')
  expect(without.report.models[0]!.temporal).toBeUndefined()
})

const naming = (name: string) => (manifest: ClassifierManifest) => ({
  ...manifest,
  outputs: { ...manifest.outputs, features: { name, size: 4 } },
})

const writeGolden = (folder: string, clip: object) =>
  writeFile(join(folder, 'temporal-golden.json'), JSON.stringify({ tolerance: 0.01, clips: [clip] }))
