import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ClassifierManifest } from '@unswap/contract'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { OpenClassifiersOptions } from '../../src/classifiers/open-classifiers.ts'
import type { Classifier } from '../../src/index.ts'
import { BACKENDS } from './backends.ts'
import { addModel, modelsFolder } from './models.ts'

type Open = (options: OpenClassifiersOptions) => Promise<Classifier[]>

const openWith =
  (open: Open): Open =>
  async (options) => {
    const classifiers = await open(options)
    onTestFinished(async () => {
      await Promise.all(classifiers.map(({ session }) => session.close()))
    })
    return classifiers
  }

const refusedBy = (open: Open) => async (modelsDir: string, edit: Parameters<typeof addModel>[3]) => {
  await addModel(modelsDir, 'one', 'nhwc', edit)
  return open({ modelsDir })
}

describe.each(BACKENDS)('opening classifiers %s', (_, openBackend) => {
  const open = openWith(openBackend)
  const refused = refusedBy(open)

  it('opens every classifier in order of ids, and only what was asked for', async () => {
    const modelsDir = await modelsFolder()
    await addModel(modelsDir, 'b', 'nchw')
    await addModel(modelsDir, 'a', 'nhwc')
    await addModel(modelsDir, 'mesh', 'nhwc', { manifest: (manifest) => ({ ...manifest, role: 'mesh' }) })
    const ids = (list: readonly { manifest: ClassifierManifest }[]) => list.map(({ manifest }) => manifest.id)
    expect(ids(await open({ modelsDir }))).toEqual(['a', 'b'])
    expect(ids(await open({ modelsDir, models: ['b'] }))).toEqual(['b'])
  })

  it('says what a model that holds was tried with', async () => {
    const modelsDir = await modelsFolder()
    await addModel(modelsDir, 'one', 'nchw')
    const [classifier] = await open({ modelsDir })
    expect(classifier!.selfTest).toEqual([
      { variant: 'float', precise: false, error: expect.any(Object), tolerance: 0.01, held: true },
    ])
    expect(classifier!.selfTest[0]!.error.logit).toBeLessThan(1e-4)
  })

  it('refuses a model that does not reproduce its logits or its map', async () => {
    const wrongLogits = await modelsFolder()
    await expect(
      refused(wrongLogits, {
        golden: (golden) => ({ ...golden, crops: [{ ...golden.crops[0], logits: [0.7, 0.4] }] }),
      }),
    ).rejects.toMatchObject({ code: 'model_self_test_failed', message: expect.stringContaining('0.10') })
    const wrongMap = await modelsFolder()
    await addModel(wrongMap, 'one', 'nchw', {
      golden: (golden) => ({ ...golden, crops: [{ ...golden.crops[0], mapMean: 0.1 }] }),
    })
    await expect(open({ modelsDir: wrongMap })).rejects.toMatchObject({ code: 'model_self_test_failed' })
  })
})

describe('opening classifiers', () => {
  const open = openWith(BACKENDS[0]![1])
  const refused = refusedBy(open)

  it('goes from 8-bit weights to exact arithmetic to float weights until the golden crops hold', async () => {
    const modelsDir = await modelsFolder()
    await addModel(modelsDir, 'one', 'nchw', {
      manifest: (manifest) => ({
        ...manifest,
        weights: [{ ...manifest.weights[0], variant: 'int8' }, manifest.weights[0]],
      }),
      golden: (golden) => ({
        tolerance: { int8: 0.01, float: 0.2 },
        crops: golden.crops.map((crop) => ({ ...crop, logits: crop.logits.map((logit) => logit + 0.1) })),
      }),
    })
    const [classifier] = await open({ modelsDir })
    const ways = classifier!.selfTest.map(({ variant, precise, held }) => [variant, precise, held])
    expect(ways).toEqual([
      ['int8', false, false],
      ['int8', true, false],
      ['float', false, true],
    ])
    expect(classifier).toMatchObject({ variant: 'float', precise: false })
    expect(classifier!.selfTest[0]!.error.logit).toBeCloseTo(0.1, 3)
  })

  it.each<[string, (manifest: ClassifierManifest) => object, string]>([
    ['no thresholds', ({ thresholds: _, ...rest }) => rest, 'model_invalid'],
    ['another id than its folder', (manifest) => ({ ...manifest, id: 'other' }), 'model_invalid'],
    [
      'an unknown output',
      (manifest) => ({ ...manifest, outputs: { ...manifest.outputs, order: ['manipulated', 'lip_sync'] } }),
      'model_invalid',
    ],
    [
      'no `manipulated`',
      (manifest) => ({ ...manifest, outputs: { ...manifest.outputs, order: ['synthesis', 'face_swap'] } }),
      'model_invalid',
    ],
    [
      'an output that the weights lack',
      (manifest) => ({ ...manifest, outputs: { ...manifest.outputs, logits: 'logits' } }),
      'model_invalid',
    ],
    [
      'weights outside its folder',
      (manifest) => ({ ...manifest, weights: [{ ...manifest.weights[0], file: '../weights.onnx' }] }),
      'model_invalid',
    ],
    [
      'weights that are not there',
      (manifest) => ({ ...manifest, weights: [{ ...manifest.weights[0], file: 'gone.onnx' }] }),
      'model_missing',
    ],
    [
      'weights with another sum',
      (manifest) => ({ ...manifest, weights: [{ ...manifest.weights[0], sha256: '0'.repeat(64) }] }),
      'model_corrupt',
    ],
  ])('refuses a manifest with %s', async (_, manifest, code) => {
    await expect(refused(await modelsFolder(), { manifest })).rejects.toMatchObject({ code })
  })

  it('refuses a manifest that is not JSON, and a golden crop that was changed', async () => {
    const text = await modelsFolder()
    await addModel(text, 'one', 'nhwc')
    await writeFile(join(text, 'one', 'manifest.json'), '{')
    await expect(open({ modelsDir: text })).rejects.toMatchObject({ code: 'model_invalid' })
    const crop = await modelsFolder()
    await addModel(crop, 'one', 'nhwc')
    await writeFile(join(crop, 'one', 'crop.png'), 'changed')
    await expect(open({ modelsDir: crop })).rejects.toMatchObject({ code: 'model_corrupt' })
  })

  it('names what is missing', async () => {
    const modelsDir = await modelsFolder()
    await expect(open({ modelsDir })).rejects.toMatchObject({ code: 'model_missing' })
    await expect(open({ modelsDir: join(modelsDir, 'none') })).rejects.toMatchObject({
      code: 'model_missing',
    })
    await addModel(modelsDir, 'one', 'nhwc')
    await expect(open({ modelsDir, models: ['two'] })).rejects.toMatchObject({
      code: 'model_missing',
      message: expect.stringContaining('one'),
    })
  })
})
