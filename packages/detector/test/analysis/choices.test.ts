import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type BatchTimes, type Detector, openDetector } from '../../src/index.ts'
import { addModel } from '../classifiers/models.ts'

const ROOT = join(import.meta.dirname, '../../../..')
const PORTRAIT = { path: join(ROOT, 'testdata/fake/astronaut-swap.png') }
const VIDEO = { path: join(ROOT, 'testdata/video/real-astronaut.mp4') }

let modelsDir: string
let detector: Detector
const batches: BatchTimes[] = []

beforeAll(async () => {
  modelsDir = await mkdtemp(join(tmpdir(), 'choices-'))
  await cp(join(ROOT, 'models'), modelsDir, {
    recursive: true,
    filter: (path) => !path.endsWith('xception.onnx'),
  })
  const manifest = join(modelsDir, 'xception-1', 'manifest.json')
  const { weights, ...rest } = JSON.parse(await readFile(manifest, 'utf8'))
  await writeFile(manifest, JSON.stringify({ ...rest, weights: [weights[0]] }))
  await addModel(modelsDir, 'toy', 'nhwc')
  await cp(join(modelsDir, 'xception-1', 'calibration.json'), join(modelsDir, 'toy', 'calibration.json'))
  detector = await openDetector({ modelsDir, onBatch: (batch) => batches.push(batch) })
})
afterAll(async () => {
  await detector.close()
  await rm(modelsDir, { recursive: true })
})

const idsOf = (models: readonly { readonly id: string }[]) => models.map(({ id }) => id)

describe('classifiers of one analysis', () => {
  it('are all that are open by default, and else those that are named', async () => {
    expect(idsOf(detector.models)).toEqual(['toy', 'xception-1'])
    const [all, one] = await Promise.all([
      detector.analyze(PORTRAIT),
      detector.analyze(PORTRAIT, { models: ['xception-1'] }),
    ])
    expect(idsOf(all.report.models)).toEqual(['toy', 'xception-1'])
    expect(all.report.faces[0]!.models.map(({ model }) => model)).toEqual(['toy', 'xception-1'])
    expect(idsOf(one.report.models)).toEqual(['xception-1'])
    expect(one.report.faces[0]!.models.map(({ model }) => model)).toEqual(['xception-1'])
  })

  it('give the same report as a detector that has opened no others', async () => {
    const alone = await openDetector({ modelsDir, models: ['xception-1'] })
    const sampling = { count: 5 }
    for (const source of [PORTRAIT, VIDEO]) {
      const apart = await alone.analyze(source, { sampling })
      const chosen = await detector.analyze(source, { sampling, models: ['xception-1'] })
      expect(chosen.report).toEqual(apart.report)
    }
    await alone.close()
  })

  it.each([['no-such-model'], []].map((models) => [models]))(
    'are refused when they are %j',
    async (models) => {
      await expect(detector.analyze(PORTRAIT, { models })).rejects.toMatchObject({ code: 'model_missing' })
    },
  )
})

describe('mirror images of one analysis', () => {
  it('change the scores of a video, and are among the settings', async () => {
    const options = { sampling: { count: 3 }, models: ['xception-1'] }
    const [plain, flipped] = await Promise.all([
      detector.analyze(VIDEO, options),
      detector.analyze(VIDEO, { ...options, flip: true }),
    ])
    expect([plain, flipped].map(({ report }) => report.settings.flip)).toEqual([false, true])
    expect(flipped.report.faces[0]!.scores).not.toEqual(plain.report.faces[0]!.scores)
  })

  it('give a photograph the score that it has anyway, and run no view twice', async () => {
    const views = async (flip: boolean) => {
      batches.length = 0
      const { report } = await detector.analyze(PORTRAIT, { models: ['xception-1'], flip })
      const crops = batches.reduce((sum, batch) => sum + batch.crops, 0)
      return { crops: flip ? 2 * crops : crops, score: report.faces[0]!.scores.manipulated }
    }
    const plain = await views(false)
    const flipped = await views(true)
    expect([plain.crops, flipped.crops]).toEqual([6, 6])
    expect(flipped.score).toBeCloseTo(plain.score, 3)
  })
})
