import { expect, onTestFinished, test } from 'vitest'
import { startKserve } from '../../detector/test/classifiers/kserve/server.ts'
import { emptyFolder, testdata, unswap } from './run-command.ts'

test('a repository for Triton is written, served, and gives the report that this machine gives', async () => {
  const out = await emptyFolder()
  const written = await unswap(['models', 'triton', '--out', out, '--models-dir', testdata('../models')])
  expect([written.exitCode, written.stdout]).toEqual([0, expect.stringContaining('tritonserver')])
  const server = await startKserve(out)
  onTestFinished(() => server.close())
  const file = testdata('real/astronaut.png')
  const [here, there] = await Promise.all([
    unswap(['analyze', '--json', file]),
    unswap(['analyze', '--json', '--scoring-url', server.url, file]),
  ])
  expect([here.exitCode, there.exitCode], there.stderr).toEqual([0, 0])
  const [own, remote] = [JSON.parse(here.stdout), JSON.parse(there.stdout)]
  expect(remote.models).toEqual(own.models)
  expect(remote.verdict.probability).toBeCloseTo(own.verdict.probability, 3)
  expect(server.requests.filter((path) => path.endsWith('/infer')).length).toBeGreaterThan(2)
})

test('an inference server that is not there: exit 5, and no verdict', async () => {
  const { exitCode, stdout, stderr } = await unswap([
    'analyze',
    '--scoring-url',
    'http://127.0.0.1:9',
    testdata('real/astronaut.png'),
  ])
  expect([exitCode, stdout]).toEqual([5, ''])
  expect(stderr).toMatch(/\[scoring_unavailable\]$/)
})
