import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Calibration, ClassifierManifest } from '@unswap/contract'
import { loadCalibration, openDetector } from '@unswap/detector'
import { expect, onTestFinished, test } from 'vitest'
import { openService } from '../src/boot/open-service.ts'
import { loadConfig } from '../src/environment.ts'
import { createLog } from '../src/log.ts'
import { writeModels } from './running/write-models.ts'

/** Opens a service over a folder of models whose file `name` was changed. */
async function openWith<Content>(name: string, change: (content: Content) => Content) {
  const folder = await mkdtemp(join(tmpdir(), 'unswap-broken-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const modelsDir = join(folder, 'models')
  await writeModels(modelsDir)
  const file = join(modelsDir, 'test-1', name)
  await writeFile(file, JSON.stringify(change(JSON.parse(await readFile(file, 'utf8')))))
  const config = loadConfig({ environment: {}, overrides: { dataDir: join(folder, 'data'), modelsDir } })
  return { modelsDir, refusal: await refusalOf(openService(config, createLog('silent'))) }
}

const refusalOf = (opening: Promise<unknown>) =>
  opening.then(
    () => null,
    ({ code, message }) => ({ code, message }),
  )

test('a manifest that a worker refuses is refused by the service in the same words', async () => {
  const { modelsDir, refusal } = await openWith<ClassifierManifest>('manifest.json', (manifest) => ({
    ...manifest,
    outputs: { ...manifest.outputs, order: ['manipulated', 'manipulated'] },
  }))
  expect(refusal).toMatchObject({ code: 'model_invalid' })
  expect(refusal).toEqual(await refusalOf(openDetector({ modelsDir })))
})

test('a calibration that a worker refuses is refused by the service in the same words', async () => {
  const { modelsDir, refusal } = await openWith<Calibration>('calibration.json', (calibration) => ({
    ...calibration,
    image: { ...calibration.image, bands: { authentic: 0.9, manipulated: 0.1, falsePositiveRate: 0 } },
  }))
  expect(refusal).toMatchObject({ code: 'calibration_invalid' })
  expect(refusal).toEqual(await refusalOf(loadCalibration(modelsDir, 'test-1')))
})
