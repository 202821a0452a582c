import { cp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { emptyFolder, unswap } from './run-command.ts'

const MODELS = fileURLToPath(new URL('../../../models', import.meta.url))

test('models: each is proven by its self-test, with families, thresholds, calibration, sha256 and licence', async () => {
  const { stdout, stderr, exitCode } = await unswap(['models', '--json'])
  expect(exitCode, stderr).toBe(0)
  const models: Array<Record<string, unknown>> = JSON.parse(stdout)
  expect(models.length).toBeGreaterThan(0)
  for (const model of models) {
    expect(model).toMatchObject({
      selfTest: { held: true },
      variant: expect.stringMatching(/^(int8|float)$/),
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      calibration: expect.stringMatching(/^(provisional|fitted)$/),
      licence: { name: expect.any(String), source: expect.any(String) },
    })
  }
})

test('doctor: an analysis works here, and every line says ok, limited or missing', async () => {
  const { stdout, exitCode } = await unswap(['doctor', '--json'])
  expect(exitCode, stdout).toBe(0)
  const { works, checks } = JSON.parse(stdout)
  expect(works).toBe(true)
  expect(checks).toContainEqual(expect.objectContaining({ name: 'Analysis', state: 'ok' }))
  expect(checks).toContainEqual(expect.objectContaining({ name: 'Decoder isolation' }))
  for (const check of checks) expect(check.state).toMatch(/^(ok|limited)$/)
})

test('a damaged model is named by models, doctor and analyze alike', async () => {
  const folder = await emptyFolder()
  await cp(MODELS, folder, { recursive: true })
  for (const name of ['xception.onnx', 'xception-int8.onnx']) {
    await writeFile(join(folder, 'xception-1', name), 'damaged')
  }
  const [models, doctor, analyze] = await Promise.all([
    unswap(['models', '--models-dir', folder]),
    unswap(['doctor', '--models-dir', folder]),
    unswap(['analyze', '--models-dir', folder, join(MODELS, 'xception-1/MODEL_CARD.md')]),
  ])
  expect([models.exitCode, doctor.exitCode, analyze.exitCode]).toEqual([5, 5, 5])
  expect(models.stdout).toMatch(/^xception-1: .*^ +self-test +failed: .*\[model_corrupt\]$.*^ +licence /ms)
  expect(doctor.stdout).toMatch(/^missing +Model xception-1 .*\n +mend it: git checkout/m)
  expect(doctor.stdout).toMatch(/cannot do its job/)
  expect(analyze.stderr).toMatch(/\[model_corrupt\]$/)
})
