import { fileURLToPath } from 'node:url'
import { DEFAULT_LIMITS, Report, UnswapError } from '@unswap/contract'
import { type BatchTimes, unpackEvidence } from '@unswap/detector'
import { Value } from 'typebox/value'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AnalysisProcess, startAnalysisProcess } from '../../src/worker/analysis-process.ts'
import type { Task } from '../../src/worker/analyzer.ts'
import { ANALYZER } from './analyzer-options.ts'

const fileOf = (path: string) => fileURLToPath(new URL(`../../../../${path}`, import.meta.url))
const PORTRAIT = fileOf('testdata/real/astronaut.png')
const TASK: Task = {
  id: 'one',
  path: PORTRAIT,
  name: 'Eileen',
  settings: { sampling: { count: 4 }, maxFaces: 4, flip: false },
  models: null,
  evidence: true,
}
const quiet = () => ({ signal: new AbortController().signal, onProgress: () => undefined })

const batches: BatchTimes[] = []
let running: AnalysisProcess
beforeAll(async () => {
  running = await startAnalysisProcess({
    module: new URL('../../src/worker/detect.ts', import.meta.url),
    analyzer: { ...ANALYZER, modelsDir: fileOf('models'), limits: { ...DEFAULT_LIMITS, seconds: 60 } },
    environment: { PATH: process.env.PATH ?? '' },
    onBatch: (batch) => batches.push(batch),
  })
})
afterAll(() => running.close())

test('the detector answers from a process of its own, and packs what pictures are rendered from', async () => {
  const stages: string[] = []
  const result = await running.analyze(TASK, { ...quiet(), onProgress: ({ stage }) => stages.push(stage) })
  expect(Value.Check(Report, result.report)).toBe(true)
  expect(result.report.faces).toHaveLength(1)
  expect(result.report.models.map((model) => model.id)).toEqual(running.models.map((model) => model.id))
  const names = result.evidence.map((entry) => entry.name)
  expect(names).toEqual(expect.arrayContaining(['annotated.jpg', 'face-1.heatmap.png', 'report.html']))
  const packed = result.evidence.filter(({ bytes }) => bytes !== null)
  expect(packed.map(({ name }) => name)).toEqual(['packed'])
  const { frames, faces } = await unpackEvidence(packed[0]!.bytes!)
  expect([frames[0]!.picture.width, faces[0]!.crop.width, faces[0]!.map!.size]).toEqual([512, 224, 28])
  expect(result.timings.total).toBeGreaterThan(0)
  expect(stages.length).toBeGreaterThan(0)
  const [batch] = batches
  expect([batch!.crops, Object.keys(batch!.models)]).toEqual([1, running.models.map(({ id }) => id)])
  expect(batch!.milliseconds).toBeGreaterThanOrEqual(batch!.models[running.models[0]!.id]!)
})

test('without evidence it makes no picture', async () => {
  const result = await running.analyze({ ...TASK, id: 'two', evidence: false }, quiet())
  expect(result.evidence).toEqual([])
})

test('the choices of a task are its own, with one set of models in memory', async () => {
  const flipped = { ...TASK, id: 'three', evidence: false, settings: { ...TASK.settings, flip: true } }
  const [plain, mirrored] = await Promise.all([
    running.analyze({ ...TASK, id: 'four', evidence: false }, quiet()),
    running.analyze(flipped, quiet()),
  ])
  expect(plain.report.settings.flip).toBe(false)
  expect(mirrored.report.settings.flip).toBe(true)
  expect(mirrored.report.faces[0]!.scores).not.toEqual(plain.report.faces[0]!.scores)
})

test('errors keep their code on the way between the processes', async () => {
  const bad = { ...TASK, id: 'five', path: fileURLToPath(import.meta.url) }
  const error = await running.analyze(bad, quiet()).catch((thrown) => thrown)
  expect(error).toBeInstanceOf(UnswapError)
  expect(error.category).toBe('media')
  const unknown = { ...TASK, id: 'six', models: ['no-such-model'] }
  await expect(running.analyze(unknown, quiet())).rejects.toMatchObject({ category: 'setup' })
  expect(
    (await running.analyze({ ...TASK, id: 'seven', evidence: false }, quiet())).report.faces,
  ).toHaveLength(1)
})

test('a signal cancels', async () => {
  const controller = new AbortController()
  controller.abort()
  const cancelled = running.analyze({ ...TASK, id: 'eight' }, { ...quiet(), signal: controller.signal })
  await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' })
})
