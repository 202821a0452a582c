import { cp, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { alignFace, type DetectorOptions, openDetector, openFaces, REFERENCE_CROP } from '../../src/index.ts'
import { addModel, modelsFolder } from '../classifiers/models.ts'
import { loadReal } from '../faces/heads.ts'

const ROOT = join(import.meta.dirname, '../../../..')
const VIDEO = { path: join(ROOT, 'testdata/video/real-astronaut.mp4') }
const PORTRAIT = { path: join(ROOT, 'testdata/real/astronaut.png') }

/** The shipped models, and beside them one whose logits are the mean colour of 299 px at margin 1.5. */
async function bothModels(): Promise<string> {
  const modelsDir = await modelsFolder()
  for (const id of ['face-mesh', 'mediapipe-face-detection', 'xception-1']) {
    await symlink(join(ROOT, 'models', id), join(modelsDir, id))
  }
  await addModel(modelsDir, 'wide', 'wide')
  await cp(join(ROOT, 'models/xception-1/calibration.json'), join(modelsDir, 'wide/calibration.json'))
  return modelsDir
}

async function open(options: DetectorOptions) {
  const detector = await openDetector(options)
  onTestFinished(() => detector.close())
  return detector
}

const mean = (values: ArrayLike<number>) =>
  Array.from(values).reduce((sum, own) => sum + own, 0) / values.length

it('classifiers of other margins and sizes run side by side, each on the crop that it declares', async () => {
  const modelsDir = await bothModels()
  const detector = await open({ modelsDir })
  const alone = await open({ modelsDir, models: ['xception-1'] })
  const wideAlone = await open({ modelsDir, models: ['wide'] })
  const both = await detector.analyze(VIDEO, { sampling: { count: 4 } })
  const one = await alone.analyze(VIDEO, { sampling: { count: 4 } })
  const [face, same] = [both.report.faces[0]!, one.report.faces[0]!]
  expect(face.models.map(({ model }) => model)).toEqual(['wide', 'xception-1'])
  expect(face.models[1]).toEqual(same.models[0])
  expect(face.timeline.map(({ crop, quality }) => ({ crop, quality }))).toEqual(
    same.timeline.map(({ crop, quality }) => ({ crop, quality })),
  )

  // a photograph whose face xception-1 finds clearly real, so that only the colour of the wide crop asks for views
  const picture = await loadReal('astronaut.png')
  const faces = await openFaces({ modelsDir })
  onTestFinished(() => faces.close())
  const { mesh } = (await faces.locate(picture, { maxFaces: 1 })).faces[0]!
  const red = (margin: number) =>
    mean(alignFace(picture, mesh, { margin, size: 299 }).pixels.subarray(0, 299 * 299))
  const { report, evidence } = await wideAlone.analyze(PORTRAIT)
  // six views: 1.5 and its scales by 1.2 / 1.3 and 1.4 / 1.3, each mirrored, which leaves a mean colour as it is
  const expected = mean([red(1.5), red((1.5 * 1.2) / 1.3), red((1.5 * 1.4) / 1.3)])
  expect(report.faces[0]!.models[0]!.logit).toBeCloseTo(expected, 4)

  const [{ crop, map }] = evidence.faces as [(typeof evidence.faces)[number]]
  expect([crop.width, map!.size]).toEqual([REFERENCE_CROP.size, 13])
  const reference = alignFace(picture, mesh, { ...REFERENCE_CROP, size: 13 }).pixels.subarray(0, 169)
  const errors = map!.probabilities.map((value, i) => Math.abs(value - 1 / (1 + Math.exp(-reference[i]!))))
  expect(mean(errors)).toBeLessThan(0.01)
})
