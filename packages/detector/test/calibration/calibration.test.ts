import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Calibration } from '@unswap/contract'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { calibrate, loadCalibration, probabilityOf } from '../../src/index.ts'
import { loadCalibrations } from '../../src/models/calibrations.ts'

const modelsDir = fileURLToPath(new URL('../../../../models', import.meta.url))
const { calibration } = await loadCalibration(modelsDir, 'xception-1')
const { curve } = calibration.image

async function folderWith(content: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'unswap-calibration-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await mkdir(join(folder, 'one'))
  await writeFile(join(folder, 'one', 'calibration.json'), content)
  return folder
}

describe('reading a curve', () => {
  it('hits the knots, is linear between them and flat outside', () => {
    curve.knots.forEach((knot, i) => {
      expect(calibrate(curve, knot)).toEqual({
        logOdds: expect.closeTo(curve.logOdds[i]!, 9),
        spread: expect.closeTo(curve.spread[i]!, 9),
      })
    })
    const middle = calibrate(curve, (curve.knots[1]! + curve.knots[2]!) / 2)
    expect(middle.logOdds).toBeCloseTo((curve.logOdds[1]! + curve.logOdds[2]!) / 2)
    expect(calibrate(curve, -1e9).logOdds).toBe(curve.logOdds[0])
    expect(calibrate(curve, Number.POSITIVE_INFINITY).logOdds).toBe(curve.logOdds.at(-1))
  })

  it('never falls, and its interval holds its probability', () => {
    const logit = fc.double({ min: -20, max: 20, noNaN: true })
    fc.assert(
      fc.property(logit, logit, fc.double({ min: 0, max: 5, noNaN: true }), (a, b, error) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)].map((at) => calibrate(curve, at, error))
        expect(low!.logOdds).toBeLessThanOrEqual(high!.logOdds)
        const { probability, interval } = probabilityOf(low!)
        expect(interval[0]).toBeLessThanOrEqual(probability)
        expect(interval[1]).toBeGreaterThanOrEqual(probability)
        expect(interval[0]).toBeGreaterThanOrEqual(0)
        expect(interval[1]).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('widens with the error of the logit where it is steep, not where it is flat', () => {
    expect(calibrate(curve, 3, 1).spread).toBeGreaterThan(calibrate(curve, 3).spread)
    expect(calibrate(curve, 9, 1).spread).toBe(calibrate(curve, 9).spread)
  })

  it('gives no probability to what is no number', () => {
    expect(() => calibrate(curve, Number.NaN)).toThrow(RangeError)
  })
})

describe('loading', () => {
  const part = { curve, bands: calibration.image.bands, samples: 1 }
  const stratum = (sideFrom: number, sideTo: number | null) => ({ ...part, sideFrom, sideTo })
  const whole: Calibration = { ...calibration, image: part, video: part }

  it.each<[string, unknown]>([
    ['no video', { ...whole, video: undefined }],
    [
      'knots out of order',
      { ...whole, image: { ...part, curve: { ...curve, knots: curve.knots.toReversed() } } },
    ],
    [
      'a knot twice',
      { ...whole, image: { ...part, curve: { ...curve, knots: curve.knots.with(1, curve.knots[0]!) } } },
    ],
    [
      'a falling curve',
      { ...whole, video: { ...part, curve: { ...curve, logOdds: curve.logOdds.toReversed() } } },
    ],
    ['lists of unequal length', { ...whole, image: { ...part, curve: { ...curve, spread: [1, 1] } } }],
    [
      'overlapping bands',
      { ...whole, image: { ...part, bands: { authentic: 0.6, manipulated: 0.5, falsePositiveRate: 0 } } },
    ],
    ['a prior of 1', { ...whole, prior: 1 }],
    ['strata that overlap', { ...whole, image: { ...part, strata: [stratum(0, 112), stratum(100, null)] } }],
    ['a stratum without width', { ...whole, image: { ...part, strata: [stratum(112, 112)] } }],
    [
      'a falling curve of a stratum',
      {
        ...whole,
        video: {
          ...part,
          strata: [{ ...stratum(0, null), curve: { ...curve, logOdds: curve.logOdds.toReversed() } }],
        },
      },
    ],
    ['a reference with other bins', { ...whole, image: { ...part, reference: { real: [1], fake: [1] } } }],
  ])('refuses %s', async (_, content) => {
    const folder = await folderWith(JSON.stringify(content))
    await expect(loadCalibration(folder, 'one')).rejects.toMatchObject({ code: 'calibration_invalid' })
  })

  it('takes strata with a gap between them', async () => {
    const strata = [stratum(0, 112), stratum(224, null)]
    const folder = await folderWith(JSON.stringify({ ...whole, image: { ...part, strata } }))
    expect((await loadCalibration(folder, 'one')).calibration.image.strata).toEqual(strata)
  })

  it('refuses what is missing or no JSON', async () => {
    const folder = await folderWith('{')
    await expect(loadCalibration(folder, 'one')).rejects.toMatchObject({ code: 'calibration_invalid' })
    await expect(loadCalibration(folder, 'two')).rejects.toMatchObject({ code: 'calibration_invalid' })
  })

  it('names model, weights and calibration for the report', async () => {
    const classifier = {
      manifest: { id: 'xception-1', thresholds: { manipulated: 2 } },
      variant: 'int8',
      sha256: 'a'.repeat(64),
    } as Parameters<typeof loadCalibrations>[1][number]
    const [model] = await loadCalibrations(modelsDir, [classifier])
    expect(model!.identity).toEqual({
      id: 'xception-1',
      variant: 'int8',
      sha256: 'a'.repeat(64),
      calibration: {
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        status: 'provisional',
        fittedOn: calibration.fittedOn,
      },
    })
  })
})
