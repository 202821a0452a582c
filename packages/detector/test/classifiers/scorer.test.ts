import { describe, expect, it, onTestFinished } from 'vitest'
import type { ScorerOptions } from '../../src/classifiers/scorer.ts'
import { type BatchTimes, createScorer } from '../../src/index.ts'
import { BACKENDS } from './backends.ts'
import { addModel, modelsFolder, paint, plain } from './models.ts'

type Network = 'nhwc' | 'nchw' | 'wide'

const scorerWith =
  (open: (typeof BACKENDS)[number][1]) =>
  async (networks: readonly Network[], options: ScorerOptions = {}, edit = {}) => {
    const modelsDir = await modelsFolder()
    for (const network of networks) await addModel(modelsDir, network, network, edit)
    const scorer = createScorer(await open({ modelsDir }), options)
    onTestFinished(() => scorer.close())
    return scorer
  }

describe.each(BACKENDS)('what a scorer gives %s', (_, open) => {
  const scorerOf = scorerWith(open)
  it('gives one entry per model, with NaN for an output that the model does not have', async () => {
    const scorer = await scorerOf(['nchw', 'nhwc'])
    const [planar, meso] = await scorer.score([plain(0.9, 0.5, 0.1)])
    expect(planar).toMatchObject({ model: 'nchw', map: { size: 4 } })
    expect([...planar!.logits]).toEqual([Math.log(0.4), 0.9, 0, 0].map((value) => expect.closeTo(value, 3)))
    expect(planar!.map!.logits).toHaveLength(16)
    expect(meso).toMatchObject({ model: 'nhwc', map: null })
    expect([...meso!.logits]).toEqual([
      expect.closeTo(0.8, 3),
      expect.closeTo(0.5, 3),
      Number.NaN,
      Number.NaN,
    ])
  })

  it('scales by the manifest’s mean and deviation', async () => {
    const scaled = {
      manifest: (manifest: { input: object }) => ({
        ...manifest,
        input: { ...manifest.input, mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.25, 1] },
      }),
      golden: (golden: { crops: object[] }) => ({
        ...golden,
        crops: [{ ...golden.crops[0], logits: [0.6 + 0.3, -0.4] }],
      }),
    }
    const scorer = await scorerOf(['nhwc'], {}, scaled)
    const [meso] = await scorer.score([plain(1, 0.75, 0.5)])
    expect(meso!.logits[0]).toBeCloseTo(1, 3)
    expect(meso!.logits[1]).toBeCloseTo(1, 3)
  })

  const logOdds = (probability: number) => Math.log(probability / (1 - probability))
  it.each<[string, object, number[], [number, number]]>([
    ['how real a face is', { order: ['authentic', 'face_swap'] }, [0.6, 0.4], [-0.8, 0.5]],
    ['probabilities', { unit: 'probability' }, [logOdds(0.6), logOdds(0.4)], [logOdds(0.8), 0]],
    [
      'a probability that a face is real',
      { order: ['authentic', 'face_swap'], unit: 'probability' },
      [logOdds(0.6), logOdds(0.4)],
      [-logOdds(0.8), 0],
    ],
    ['two classes of a softmax', { order: ['authentic', 'manipulated'] }, [0.2, -0.2], [-0.3, Number.NaN]],
  ])('reads a network that says %s', async (_, outputs, golden, [manipulated, faceSwap]) => {
    const scorer = await scorerOf(
      ['nhwc'],
      {},
      {
        manifest: (manifest: { outputs: object }) => ({
          ...manifest,
          outputs: { ...manifest.outputs, ...outputs },
        }),
        golden: (own: { crops: object[] }) => ({ ...own, crops: [{ ...own.crops[0], logits: golden }] }),
      },
    )
    const [read] = await scorer.score([plain(0.9, 0.5, 0.1)])
    expect(read!.logits[0]).toBeCloseTo(manipulated, 3)
    if (Number.isNaN(faceSwap)) expect(read!.logits[1]).toBeNaN()
    else expect(read!.logits[1]).toBeCloseTo(faceSwap, 3)
  })

  it('keeps the mean and the place of things when it resamples', async () => {
    const scorer = await scorerOf(['nchw'])
    // red grows to the right: the map's cells are its means over quarters
    const [ramp] = await scorer.score([paint(224, (x) => [x, 0.5, 0.5])])
    const row = [...ramp!.map!.logits.slice(0, 4)]
    expect(row).toEqual([0.125, 0.375, 0.625, 0.875].map((value) => expect.closeTo(value, 3)))
    const [finer] = await scorer.score([paint(48, (_, y) => [y, 0.5, 0.5])])
    expect(finer!.map!.logits[0]).toBeCloseTo(0.125, 2)
    expect(finer!.map!.logits[12]).toBeCloseTo(0.875, 2)
  })

  it('shows a model with a tighter margin the middle of the crop', async () => {
    const tighter = {
      manifest: (manifest: { input: object }) => ({
        ...manifest,
        input: { ...manifest.input, margin: 1.04 },
      }),
    }
    const scorer = await scorerOf(['nchw'], {}, tighter)
    const [ramp] = await scorer.score([paint(224, (x) => [x, 0.5, 0.5])])
    expect(ramp!.map!.logits[0]).toBeCloseTo(0.2, 3) // the quarter from 0.1 to 0.3
  })

  it('gives each model the crop that it declares, and resamples where that is missing', async () => {
    const scorer = await scorerOf(['nchw', 'wide'])
    expect(scorer.inputs).toEqual([
      { margin: 1.3, size: 64 },
      { margin: 1.5, size: 299 },
    ])
    const crop = (margin: number, size: number, red: number) => ({
      ...paint(size, () => [red, 0.5, 0.5]),
      margin,
    })
    const reds = async (...crops: ReturnType<typeof crop>[]) => {
      const score = await scorer.score(crops)
      return score.map(({ map }) => map!.logits[0])
    }
    const near = (...values: number[]) => values.map((value) => expect.closeTo(value, 4))
    const other = crop(1.6, 288, 0.9)
    expect(await reds(other, crop(1.3, 64, 0.1), crop(1.5, 299, 0.2))).toEqual(near(0.1, 0.2))
    expect(await reds(other, crop(1.3, 234, 0.1))).toEqual(near(0.1, 0.9))
    await expect(scorer.score([crop(1.3, 64, 0.1)])).rejects.toThrow('1.5')
  })

  it('averages with the mirrored crop, its map turned back', async () => {
    const scorer = await scorerOf(['nchw'])
    const [ramp] = await scorer.score([paint(224, (x) => [x, 0.5, 0.5])], undefined, { flip: true })
    expect(ramp!.logits[1]).toBeCloseTo(0.5, 3) // left quarter of both: (0.125 + 0.875) / 2
    const row = [...ramp!.map!.logits.slice(0, 4)]
    expect(row).toEqual([0.125, 0.375, 0.625, 0.875].map((value) => expect.closeTo(value, 3)))
  })

  it('refuses to make a score of what is no number, and keeps the neighbours', async () => {
    const scorer = await scorerOf(['nchw'])
    const [dark, bright] = await Promise.allSettled([
      scorer.score([plain(0, 0, 0)]),
      scorer.score([plain(0.5, 0.5, 0.5)]),
    ])
    expect(dark).toMatchObject({ status: 'rejected', reason: { code: 'inference_failed' } })
    expect(bright.status).toBe('fulfilled')
  })
})

describe.each(BACKENDS)('how crops share batches %s', (_, open) => {
  const scorerOf = scorerWith(open)
  it('batches what arrives together, up to the limit, and gives each its own score', async () => {
    const sizes: number[] = []
    const scorer = await scorerOf(['nhwc'], { batch: 4, onBatch: ({ crops }) => sizes.push(crops) })
    const reds = Array.from({ length: 10 }, (_, i) => i / 10)
    const scores = await Promise.all(reds.map((red) => scorer.score([plain(red, 0, 0)])))
    scores.forEach(([meso], i) => {
      expect(meso!.logits[0]).toBeCloseTo(reds[i]!, 3)
    })
    expect(sizes).toEqual([4, 4, 2])
  })

  it('counts mirror images into the batch', async () => {
    const sizes: number[] = []
    const scorer = await scorerOf(['nhwc'], { batch: 4, onBatch: ({ crops }) => sizes.push(crops) })
    const score = (flip: boolean) => scorer.score([plain(0.5, 0, 0)], undefined, { flip })
    await Promise.all([true, true, true].map(score))
    expect(sizes).toEqual([2, 1])
    await Promise.all([true, false, true, false, false, false].map(score))
    expect(sizes).toEqual([2, 1, 2, 3, 1])
  })

  it('gives each crop of a batch the models and the mirroring that were asked for', async () => {
    const times: BatchTimes[] = []
    const scorer = await scorerOf(['nchw', 'nhwc'], { onBatch: (batch) => times.push(batch) })
    const ramp = paint(224, (x) => [x, 0.5, 0.5])
    const [all, one, flipped] = await Promise.all([
      scorer.score([ramp]),
      scorer.score([ramp], undefined, { models: ['nhwc'] }),
      scorer.score([ramp], undefined, { models: ['nchw'], flip: true }),
    ])
    expect(all.map(({ model }) => model)).toEqual(['nchw', 'nhwc'])
    expect(one).toEqual([all[1]])
    expect(flipped.map(({ model }) => model)).toEqual(['nchw'])
    expect([all[0]!.logits[1], flipped[0]!.logits[1]]).toEqual([
      expect.closeTo(0.125, 3),
      expect.closeTo(0.5, 3),
    ])
    expect(times.map(({ crops, models }) => [crops, Object.keys(models)])).toEqual([[3, ['nchw', 'nhwc']]])
  })

  it('lets no model that a crop does not ask for fail it', async () => {
    const scorer = await scorerOf(['nchw', 'nhwc'])
    const dark = plain(0, 0, 0) // which nchw gives no number for
    const [both, one] = await Promise.allSettled([
      scorer.score([dark]),
      scorer.score([dark], undefined, { models: ['nhwc'] }),
    ])
    expect(both).toMatchObject({ status: 'rejected', reason: { code: 'inference_failed' } })
    expect(one.status).toBe('fulfilled')
  })

  it('starts again after it has been idle', async () => {
    const scorer = await scorerOf(['nhwc'])
    for (const red of [0.1, 0.2, 0.3]) {
      const [meso] = await scorer.score([plain(red, 0, 0)])
      expect(meso!.logits[0]).toBeCloseTo(red, 3)
    }
  })

  it('lets callers take turns', async () => {
    const scorer = await scorerOf(['nhwc'], { batch: 2 })
    const order: string[] = []
    const [many, one] = [new AbortController(), new AbortController()]
    const crop = plain(0.5, 0, 0)
    const flood = Array.from({ length: 10 }, (_, i) =>
      scorer.score([crop], many.signal).then(() => order.push(`many ${i}`)),
    )
    const single = scorer.score([crop], one.signal).then(() => order.push('one'))
    await Promise.all([...flood, single])
    expect(order.indexOf('one')).toBeLessThanOrEqual(2)
  })

  it('drops the crops of an aborted caller, and no others', async () => {
    const sizes: number[] = []
    const scorer = await scorerOf(['nhwc'], { batch: 1, onBatch: ({ crops }) => sizes.push(crops) })
    const controller = new AbortController()
    const crop = plain(0.5, 0, 0)
    const dropped = Array.from({ length: 5 }, () => scorer.score([crop], controller.signal))
    const kept = scorer.score([crop])
    controller.abort()
    const outcomes = await Promise.allSettled(dropped)
    expect(outcomes).toEqual(
      outcomes.map(() => expect.objectContaining({ reason: expect.objectContaining({ code: 'cancelled' }) })),
    )
    await kept
    expect(sizes).toEqual([1])
    await expect(scorer.score([crop], controller.signal)).rejects.toMatchObject({ code: 'cancelled' })
  })

  it('ends what waits when it is closed', async () => {
    const scorer = await scorerOf(['nhwc'])
    const waiting = scorer.score([plain(0.5, 0, 0)])
    const closing = scorer.close()
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' })
    await closing
    await expect(scorer.score([plain(0.5, 0, 0)])).rejects.toMatchObject({ code: 'cancelled' })
  })
})
