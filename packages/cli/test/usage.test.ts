import { readdirSync, readFileSync } from 'node:fs'
import { REPORT_SCHEMA } from '@unswap/contract'
import { expect, test } from 'vitest'
import { testdata, unswap } from './run-command.ts'

test('wrong usage exits with 2 and says what is wrong', async () => {
  const wrong: Array<[args: string[], told: RegExp]> = [
    [['analyze'], /missing required argument/],
    [['analyse', 'x.jpg'], /unknown command|too many arguments/i],
    [['analyze', '--frames', '0', 'x.jpg'], /--frames.*1 or more/s],
    [['analyze', '--frames', 'all', '--fps', '2', 'x.jpg'], /cannot be used with/],
    [['analyze', '--json', '--jsonl', 'x.jpg'], /cannot be used with/],
    [['analyze', '--device', 'abacus', 'x.jpg'], /Allowed choices/],
    [['analyze', '--fail-on', 'fake', 'x.jpg'], /likely_manipulated/],
    [['analyze', '--limit-bytes', 'much', 'x.jpg'], /500M/],
    [['analyze', '--scoring-url', 'triton:8000', 'x.jpg'], /http:/],
    [['models', 'triton', '--max-batch', '24', '--out', 'x'], /power of two/],
    [['verify', testdata('nowhere.json')], /no report ".*nowhere\.json"/],
  ]
  const runs = await Promise.all(wrong.map(([args]) => unswap(args)))
  for (const [index, { stderr, exitCode, stdout }] of runs.entries()) {
    expect(exitCode, stderr).toBe(2)
    expect(stderr).toMatch(wrong[index]![1])
    expect(stdout).toBe('')
  }
})

test('--version, --help and schema need neither models nor networks', async () => {
  const [version, help, schema] = await Promise.all([
    unswap(['--version']),
    unswap(['analyze', '--help']),
    unswap(['schema']),
  ])
  expect([version.exitCode, help.exitCode, schema.exitCode]).toEqual([0, 0, 0])
  expect(version.stdout).toMatch(/^\d+\.\d+\.\d+$/)
  expect(help.stdout).toContain('--save-evidence')
  expect(JSON.parse(schema.stdout)).toMatchObject({ $id: REPORT_SCHEMA, type: 'object' })
})

test('every package, the trainer and the manifests of Kubernetes have one version', () => {
  const root = new URL('../../../', import.meta.url)
  const read = (path: string) => readFileSync(new URL(path, root), 'utf8')
  const packages = readdirSync(new URL('packages', root)).map((name) => `packages/${name}/package.json`)
  const versions = [
    ...['package.json', ...packages].map((path) => JSON.parse(read(path)).version),
    /^version = "(.*)"$/m.exec(read('trainer/pyproject.toml'))?.[1],
    /newTag: (.*)$/m.exec(read('deploy/kubernetes/kustomization.yaml'))?.[1],
  ]
  expect([...new Set(versions)]).toEqual([expect.stringMatching(/^\d+\.\d+\.\d+$/)])
})

test('a machine without models is told apart from bad media: exit 5', async () => {
  const args = ['analyze', '--models-dir', testdata('nowhere'), testdata('real/astronaut.png')]
  const { stderr, exitCode } = await unswap(args)
  expect(exitCode).toBe(5)
  expect(stderr).toMatch(/\[model_missing\]$/)
})
