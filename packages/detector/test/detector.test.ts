import { readdirSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Progress, Report, UnswapError } from '@unswap/contract'
import Value from 'typebox/value'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Detector, loadCalibration, openDetector, openMedia, reportToJson } from '../src/index.ts'
import { collect } from './media/video/numbered-frames.ts'

const ROOT = join(import.meta.dirname, '../../..')
const testdata = (name: string) => ({ path: join(ROOT, 'testdata', name) })

let detector: Detector

beforeAll(async () => {
  detector = await openDetector({ modelsDir: join(ROOT, 'models') })
})
afterAll(() => detector.close())

const logitOf = (report: Report) => report.faces[0]!.models[0]!.logit

describe('a photograph', () => {
  it('gives a report that keeps to the schema, with one face, a probability and where it looked', async () => {
    const { report, evidence } = await detector.analyze(testdata('real/astronaut.png'))
    expect([...Value.Errors(Report, report)]).toEqual([])
    expect(report.verdict.band).not.toBe('likely_manipulated')
    expect(report.verdict.probability).toBeGreaterThan(0)
    expect(report.faces).toHaveLength(1)
    const { prior, image } = (await loadCalibration(join(ROOT, 'models'), 'xception-1')).calibration
    expect(report.models[0]!.calibration).toMatchObject({ prior, bands: image.bands })
    expect(report.faces[0]!.bands).toEqual(image.bands)
    expect(report.faces[0]!.map!.regions.eyes).toBeLessThan(0.2)
    expect(evidence.frames).toHaveLength(1)
    expect(evidence.faces[0]!.crop.width).toBe(224)
  })

  // logits of an independent implementation (other face detector): testdata/golden/portraits.json
  it.each([
    ['real/astronaut.png', -3.122],
    ['real/grace_hopper.jpg', -2.949],
  ])('%s: the whole path ends near the independent logit', async (name, logit) => {
    const { report } = await detector.analyze(testdata(name))
    expect(Math.abs(logitOf(report) - logit)).toBeLessThan(0.5)
  })

  it.each([
    ['real/astronaut.png', 'fake/grace_hopper-swap.jpg'],
    ['real/grace_hopper.jpg', 'fake/grace_hopper-self_blend.jpg'],
    ['real/astronaut.png', 'fake/astronaut-swap.png'],
    ['real/astronaut.png', 'fake/astronaut-self_blend.jpg'],
  ])('%s comes out less manipulated than %s', async (real, fake) => {
    const [original, forged] = await Promise.all([real, fake].map((name) => detector.analyze(testdata(name))))
    expect(logitOf(forged!.report)).toBeGreaterThan(logitOf(original!.report) + 1)
  })

  it('is judged the same each time, and the same beside others as alone', async () => {
    const alone = await detector.analyze(testdata('real/group-1.jpg'))
    const [again] = await Promise.all([
      detector.analyze(testdata('real/group-1.jpg')),
      detector.analyze(testdata('real/grace_hopper.jpg')),
    ])
    expect(again!.report.verdict).toEqual(alone.report.verdict)
    expect(reportToJson(again!.report)).toBe(reportToJson(alone.report))
  })

  it('without a face is inconclusive, with that as the reason and no probability', async () => {
    const { report } = await detector.analyze(testdata('fake/astronaut-swap.mask.png'))
    expect(report.verdict).toMatchObject({ band: 'inconclusive', probability: null, faceId: null })
    expect(report.verdict.reasons.map(({ code }) => code)).toEqual(['no_face'])
  })

  it('keeps the largest faces and says how many were left out', async () => {
    const { report } = await detector.analyze(testdata('real/group-1.jpg'), { maxFaces: 2 })
    expect(report.faces).toHaveLength(2)
    expect(report.facesLeftOut).toBeGreaterThan(0)
    expect(report.verdict.band).not.toBe('likely_authentic')
  })
})

describe('a video', () => {
  it('gives a timeline, temporal evidence and progress that ends at the whole', async () => {
    const steps: Progress[] = []
    const { report } = await detector.analyze(testdata('video/real-astronaut.mp4'), {
      sampling: { count: 12 },
      onProgress: (progress) => steps.push(progress),
    })
    expect([...Value.Errors(Report, report)]).toEqual([])
    expect(report.frames).toHaveLength(12)
    expect(report.faces[0]!.timeline).toHaveLength(12)
    expect(report.faces[0]!.temporal.map(({ id }) => id)).toContain('landmark_jitter')
    expect(steps.at(-1)).toMatchObject({ frames: 12, framesTotal: 12, share: 1 })
    expect(steps.map(({ frames }) => frames)).toEqual(
      steps.map(({ frames }) => frames).toSorted((a, b) => a - b),
    )
  })

  it('keeps the most suspicious frames as they were shown, though later ones use the memory of others', async () => {
    const source = testdata('video/real-group-6.mp4')
    const { evidence } = await detector.analyze(source, { evidenceFrames: 3 })
    expect(evidence.frames).toHaveLength(3)
    const media = await openMedia(source)
    const shown = await collect(media.frames({ count: 32 }))
    await media.close()
    for (const { frame, scale, picture } of evidence.frames) {
      expect(scale).toBe(1)
      expect(Buffer.compare(picture.data, shown[frame]!.data)).toBe(0)
    }
  })

  it('forged comes out more manipulated than real', async () => {
    const sampling = { count: 10 }
    const real = await detector.analyze(testdata('video/real-grace_hopper.mp4'), { sampling })
    const fake = await detector.analyze(testdata('video/fake-grace_hopper-swap.mp4'), { sampling })
    expect(logitOf(fake.report)).toBeGreaterThan(logitOf(real.report) + 1)
  })

  it('can be cancelled, and leaves no temporary file', async () => {
    const temporary = await mkdtemp(join(tmpdir(), 'cancelled-'))
    vi.stubEnv('TMPDIR', temporary)
    const stop = new AbortController()
    let filesWhileRunning = 0
    const running = detector.analyze(
      { bytes: await readFile(testdata('video/real-astronaut.mp4').path) },
      {
        sampling: { all: true },
        signal: stop.signal,
        onProgress: ({ frames }) => {
          filesWhileRunning = readdirSync(temporary).length
          if (frames >= 2) stop.abort()
        },
      },
    )
    await expect(running).rejects.toMatchObject({ code: 'cancelled' })
    vi.unstubAllEnvs()
    expect(filesWhileRunning).toBeGreaterThan(0)
    expect(await readdir(temporary)).toEqual([])
    await rm(temporary, { recursive: true })
  })

  it('over the limit of time or frames ends with that code', async () => {
    const long = testdata('video/real-astronaut.mp4')
    const late = detector.analyze(long, { sampling: { all: true }, limits: { seconds: 0.05 } })
    await expect(late).rejects.toMatchObject({ code: 'limit_time' })
    const many = detector.analyze(long, { sampling: { all: true }, limits: { frames: 5 } })
    await expect(many).rejects.toMatchObject({ code: 'limit_frames' })
  })
})

describe('models that cannot be trusted', () => {
  it('are refused when there is none', async () => {
    const modelsDir = await mkdtemp(join(tmpdir(), 'no-models-'))
    await expect(openDetector({ modelsDir })).rejects.toBeInstanceOf(UnswapError)
    await rm(modelsDir, { recursive: true })
  })
})
