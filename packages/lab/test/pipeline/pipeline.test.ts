import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Report } from '@unswap/contract'
import { createScorer, openClassifiers } from '@unswap/detector'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Evaluation, readPrepared, scoreCrops } from '../../src/index.ts'
import { modelsDir, openTestFaces } from '../forge/portraits.ts'
import { makeMiniature } from './miniature.ts'
import { findPython, runPython, TRAINER } from './python.ts'

// From a data set to a report by a model of one's own, with the commands that docs/training.md names.
const MAIN = fileURLToPath(new URL('../../../cli/src/main.ts', import.meta.url))
const LOGITS = fileURLToPath(new URL('logits.py', import.meta.url))

const python = await findPython()
if (python === null) {
  console.warn('No Python with PyTorch was found, so training is not tested: set UNSWAP_PYTHON to one.')
}

let root: string
const at = (path: string) => join(root, path)
const unswap = (...args: string[]) => execa(process.execPath, [MAIN, ...args], { reject: false })

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'unswap-pipeline-'))
  const faces = await openTestFaces()
  await makeMiniature(at('ff'), faces)
  await faces.close()
}, 240_000)
afterAll(() => rm(root, { recursive: true, force: true }))

describe('from a data set to a report', { timeout: 300_000 }, () => {
  it('verifies: all is there, and what is not is named', async () => {
    const whole = await unswap('dataset', 'verify', 'faceforensics', at('ff'), '--json')
    expect(whole.exitCode).toBe(0)
    expect(JSON.parse(whole.stdout)).toMatchObject({
      items: 30,
      counts: {
        label: { real: 10, fake: 20 },
        method: { Deepfakes: 10, Face2Face: 10 },
        split: { train: 12, val: 12, test: 6 },
        compression: { c23: 30 },
      },
      missing: [],
      unpaired: [],
    })
    await cp(at('ff'), at('lacking'), { recursive: true })
    await rm(at('lacking/original_sequences/youtube/c23/videos/071.mp4'))
    const lacking = await unswap('dataset', 'verify', 'faceforensics', at('lacking'))
    expect(lacking.exitCode).toBe(3)
    expect(lacking.stdout).toContain('original_sequences/youtube/c23/videos/071.mp4')
  })

  it('preprocesses every video, split as officially', async () => {
    const done = await unswap(
      ...['dataset', 'preprocess', 'faceforensics', at('ff'), '--out', at('prepared'), '--frames', '4'],
    )
    expect(done.stderr + done.stdout).toContain('120 crops')
    const { rows } = await readPrepared(at('prepared'))
    const ids = (split: string) =>
      new Set(rows.filter((row) => row.split === split).flatMap(({ identities }) => identities))
    expect([...ids('test')].toSorted()).toEqual(['953', '974'])
    expect([...ids('train')].toSorted()).toEqual(['000', '003', '054', '071'])
    expect(new Set(rows.map(({ family }) => family))).toEqual(new Set([null, 'face_swap', 'reenactment']))
  })

  it.skipIf(python === null)('trains, and exports what PyTorch computes', async () => {
    const train = ['--data', at('prepared'), '--out', at('run'), '--backbone', 'small', '--steps', '2']
    const small = ['--pairs', '2', '--labelled', '2', '--warm-autoencoders', '0', '--device', 'cpu']
    await runPython(python!, ['-m', 'unswap_trainer.train', ...train, ...small])
    const exported = await runPython(python!, [
      ...['-m', 'unswap_trainer.export', '--run', at('run'), '--data', at('prepared')],
      ...['--id', 'smoke', '--out', at('models/smoke'), '--features'],
    ])
    const [, difference] = /differ by at most (\S+) in logits/.exec(exported)!
    expect(Number(difference)).toBeLessThanOrEqual(1e-3)
    for (const network of ['face-mesh', 'mediapipe-face-detection']) {
      await cp(join(modelsDir, network), at(`models/${network}`), { recursive: true })
    }
  })

  it.skipIf(python === null)('scores a crop as the trainer does', async () => {
    const printed = await runPython(python!, [LOGITS, at('prepared'), at('models/smoke')])
    const expected = printed.split('\n').map((line) => JSON.parse(line) as { size: number; logit: number })
    const scorer = createScorer(await openClassifiers({ modelsDir: at('models'), threads: 1 }))
    const crops = await scoreCrops(await readPrepared(at('prepared')), { scorer })
    await scorer.close()
    expect(crops).toHaveLength(expected.length)
    const errors = crops.map(({ logits }, i) => Math.abs(logits[0]! - expected[i]!.logit))
    expect(Math.max(...errors)).toBeLessThan(1e-3)
    expect(new Set(expected.map(({ size }) => size)).size).toBeGreaterThan(1)
  })

  it.skipIf(python === null)('trains a temporal head for it on forged clips', async () => {
    const temporal = (name: string) => ['-m', `unswap_trainer.temporal.${name}`]
    const [clips, model] = [at('clips'), at('models/smoke')]
    const small = ['--pairs', '2', '--held-out', '2', '--batch', '2', '--warm-autoencoders', '0']
    await runPython(python!, [
      ...[...temporal('prepare'), '--data', at('prepared'), '--model', model, '--out', clips],
      ...[...small, '--device', 'cpu'],
    ])
    await runPython(python!, [
      ...[...temporal('train'), '--clips', clips, '--out', at('temporal'), '--steps', '2', '--batch', '4'],
      ...['--channels', '16', '--device', 'cpu'],
    ])
    const figures = await runPython(python!, [
      ...temporal('evaluate'),
      ...['--clips', clips, '--run', at('temporal')],
    ])
    expect(JSON.parse(figures)).toMatchObject({ splits: ['test'], clips: 4, auc: expect.any(Number) })
    const exported = await runPython(python!, [
      ...[...temporal('export'), '--clips', clips, '--run', at('temporal'), '--model', model],
    ])
    const [, difference] = /differ by at most (\S+) in logits/.exec(exported)!
    expect(Number(difference)).toBeLessThanOrEqual(1e-3)
  })

  it.skipIf(python === null)('evaluates, calibrates and analyses with the new model', async () => {
    const models = ['--models-dir', at('models')]
    const files = ['--json', at('e.json'), '--html', at('e.html'), '--md', at('e.md')]
    const evaluated = await unswap('evaluate', at('prepared'), ...models, ...files, '--robustness', '1')
    expect(evaluated.stderr).toBe('')
    const evaluation = JSON.parse(await readFile(at('e.json'), 'utf8')) as Evaluation
    const [model] = evaluation.models
    expect(evaluation.data).toEqual({ splits: ['test'], crops: 24, media: 6 })
    expect(model).toMatchObject({
      model: 'smoke',
      calibration: null,
      video: { samples: { real: 2, fake: 4 } },
    })
    expect(model!.groups.map(({ name }) => name)).toEqual([
      ...['Deepfakes', 'Face2Face'],
      ...['face_swap', 'reenactment'],
    ])
    expect(model!.robustness.map(({ kind }) => kind)).toContain('jpeg')
    expect(await readFile(at('e.html'), 'utf8')).toMatch(/<svg.*polyline.*Face2Face/s)
    expect(await readFile(at('e.md'), 'utf8')).toContain('| smoke | video | 2 | 4 |')

    const rates = ['--false-positives', '0.4', '--misses', '0.4']
    const calibrated = await unswap('calibrate', at('prepared'), '--model', 'smoke', ...models, ...rates)
    expect(calibrated.stdout).toContain('wrote')
    const clip = at('ff/manipulated_sequences/Deepfakes/c23/videos/953_974.mp4')
    const analysed = await unswap('analyze', clip, '--json', ...models)
    const report = JSON.parse(analysed.stdout) as Report
    expect(report.models).toEqual([
      expect.objectContaining({ id: 'smoke', calibration: expect.objectContaining({ status: 'fitted' }) }),
    ])
    expect(report.verdict.reasons.length).toBeGreaterThan(0)
    expect(report.faces).toHaveLength(1)
    expect(report.faces[0]!.models[0]).toMatchObject({ model: 'smoke', logit: expect.any(Number) })
    expect(report.faces[0]!.temporal.at(-1)).toMatchObject({ id: 'temporal_head', model: 'smoke' })
    expect(report.models[0]!.temporal).toBeDefined()
  })

  it.skipIf(python === null)('does all of it with one command, which can be stopped', async () => {
    const train = (out: string, minutes: string, ...more: string[]) =>
      execa(
        process.execPath,
        [
          ...[MAIN, 'train', 'faceforensics', at('ff'), '--out', at(`models/${out}`), '--frames', '4'],
          ...['--minutes', minutes, '--crops', at('prepared'), ...more, '--', '--backbone', 'small'],
          ...['--pairs', '2', '--labelled', '2', '--warm-autoencoders', '0', '--device', 'cpu'],
        ],
        { reject: false, env: { UNSWAP_PYTHON: python!, PYTHONPATH: TRAINER } },
      )
    const from = ['--from', at('models/smoke')]
    const running = train('mine', '0.1', ...from)
    for await (const line of running.iterable({ from: 'stderr' })) {
      if (line.includes('images/s')) running.kill('SIGINT')
    }
    const stopped = await running
    expect([stopped.exitCode, stopped.stderr]).toEqual([130, expect.stringContaining('goes on with it')])
    expect(await readdir(at('models'))).toEqual(expect.not.arrayContaining(['mine']))
    expect((await train('mine', '0.1')).stderr).toContain('other settings')

    const done = await train('mine', '0.1', ...from)
    expect(done.exitCode, done.stderr).toBe(0)
    expect(done.stderr).toContain('going on with')
    expect(done.stdout).toMatch(
      /\| smoke \| mine \|.*faceforensics \| Deepfakes \| 4 \| 0\.\d+ \| 0\.\d+ \|/s,
    )
    expect(done.stdout).toMatch(/calibration: provisional\. .*6 real and 12 manipulated media/)
    expect(await readdir(at('models'))).toEqual(expect.not.arrayContaining(['.mine.training']))
    expect((await readdir(at('models/mine'))).toSorted()).toEqual([
      ...['MODEL_CARD.md', 'calibration.json', 'figures.json', 'golden', 'golden.json', 'manifest.json'],
      ...['model-int8.onnx', 'model.onnx'],
    ])
    expect((await train('mine', '0.1', ...from)).stderr).toContain('is there already')

    const clip = at('ff/manipulated_sequences/Deepfakes/c23/videos/953_974.mp4')
    const analysed = await unswap('analyze', clip, '--json', '--models', 'mine', '--models-dir', at('models'))
    const report = JSON.parse(analysed.stdout) as Report
    expect(report.models).toEqual([
      expect.objectContaining({
        id: 'mine',
        calibration: expect.objectContaining({ status: 'provisional' }),
      }),
    ])
    expect(report.faces[0]!.models[0]).toMatchObject({ model: 'mine', logit: expect.any(Number) })
  })
})
