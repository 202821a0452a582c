import { copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { emptyFolder, testdata, unswap } from './run-command.ts'

test('calibrating reals alone says what is missing, and writes nothing', async () => {
  const folder = await emptyFolder()
  const at = (name: string) => join(folder, name)
  await mkdir(at('real'))
  await copyFile(testdata('real/astronaut.png'), at('real/astronaut.png'))
  const prepared = await unswap(['dataset', 'preprocess', 'folders', folder, '--out', at('prepared')])
  expect(prepared.exitCode, prepared.stderr).toBe(0)
  const out = ['--model', 'xception-1', '--out', at('calibration.json')]
  const { exitCode, stdout, stderr } = await unswap(['calibrate', at('prepared'), ...out])
  expect([exitCode, stdout]).toEqual([2, ''])
  expect(stderr).toMatch(/no fake media.*--split/)
})
