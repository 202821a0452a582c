import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Report } from '@unswap/contract'
import { Value } from 'typebox/value'
import { expect, test } from 'vitest'
import { emptyFolder, lines, testdata, unswap } from './run-command.ts'

const portrait = testdata('real/astronaut.png')

test('prints a verdict, its probability and the face; writes a page and pictures', async () => {
  const folder = await emptyFolder()
  const page = join(folder, 'pages', 'report.html')
  const pictures = join(folder, 'pictures')
  const wanted = ['--html', page, '--save-evidence', pictures, '--fail-on', 'likely_manipulated']
  const { stdout, stderr, exitCode } = await unswap(['analyze', portrait, ...wanted])
  expect(exitCode, stderr).toBe(0)
  expect(stderr).toBe('')
  expect(stdout).toContain(portrait)
  expect(stdout).toMatch(/likely authentic|inconclusive/i)
  expect(stdout).toMatch(/probability of manipulation: \S*\d/i)
  expect(stdout.match(/^ *face 1:/gim)).toHaveLength(1)
  expect(stdout, 'no colour codes outside a terminal').not.toContain('\x1b')
  expect(await readFile(page, 'utf8')).toMatch(/^<!doctype html>/i)
  expect(await readdir(pictures)).toContain('annotated.jpg')
})

test('--json prints a report that its schema accepts, the same for the same bytes on stdin', async () => {
  const [file, stdin] = await Promise.all([
    unswap(['analyze', '--json', portrait]),
    unswap(['analyze', '--json', '-'], { stdin: portrait }),
  ])
  const report: unknown = JSON.parse(file.stdout)
  expect([...Value.Errors(Report, report)]).toEqual([])
  expect((report as Report).faces).toHaveLength(1)
  expect((report as Report).verdict.probability).not.toBeNull()
  expect(JSON.parse(stdin.stdout)).toEqual(report)
})

test('several files: an array of JSON, numbered pages, a folder of evidence each; the forged one scores higher', async () => {
  const folder = await emptyFolder()
  const pages = join(folder, 'pages')
  const evidence = join(folder, 'evidence')
  const forged = testdata('fake/astronaut-swap.png')
  const wanted = ['--json', '--html', pages, '--save-evidence', evidence]
  const anyVerdict = ['--fail-on', 'likely_manipulated,inconclusive,likely_authentic']
  const { stdout, exitCode, stderr } = await unswap(['analyze', portrait, forged, ...wanted, ...anyVerdict])
  expect(exitCode, stderr).toBe(1)
  const entries: Array<Report & { path: string }> = JSON.parse(stdout)
  expect(entries.map((entry) => entry.path)).toEqual([portrait, forged])
  for (const { path: _, ...report } of entries) expect(Value.Check(Report, report)).toBe(true)
  const [original, swapped] = entries.map((entry) => entry.verdict.probability!)
  expect(swapped).toBeGreaterThan(original!)
  expect(await readdir(pages)).toEqual(['0001-astronaut.html', '0002-astronaut-swap.html'])
  expect(await readdir(evidence)).toEqual(['0001-astronaut', '0002-astronaut-swap'])
})

test('a place that cannot be written to costs neither the verdict nor the others: exit 2', async () => {
  const folder = await emptyFolder()
  const [refused, taken] = [join(folder, 'file', 'evidence'), join(folder, 'pages.d')]
  await Promise.all([writeFile(join(folder, 'file'), ''), mkdir(taken)])
  const wanted = ['--html', taken, '--save-evidence', refused]
  const { stdout, stderr, exitCode } = await unswap(['analyze', '--json', portrait, ...wanted])
  expect(exitCode, stderr).toBe(2)
  expect(JSON.parse(stdout).verdict.probability).not.toBeNull()
  expect(stderr).toMatch(
    /evidence" cannot be written \(E\w+\): choose another --save-evidence\. \[bad_option\]$/,
  )
  expect(await readdir(taken), 'an existing folder takes the page').toEqual(['0001-astronaut.html'])
})

test('several files in text: at the end how many came out how', async () => {
  const { stdout, exitCode } = await unswap(['analyze', portrait, testdata('nowhere.jpg')])
  expect(exitCode).toBe(3)
  expect(stdout.split('\n').at(-1)).toBe('1 analysed: 1 likely authentic. 1 could not be analysed.')
})

test('folders and quoted patterns are expanded, each file once, in order; what is no media is skipped', async () => {
  const folder = testdata('golden') // two crops and a JSON file
  const pattern = testdata('r*al/[ga][rs]*.{png,jpg}')
  const twice = testdata('real/astronaut.png')
  const args = ['analyze', '--jsonl', '--max-faces=1', pattern, twice, folder]
  const { stdout, stderr, exitCode } = await unswap(args)
  expect(exitCode, stderr).toBe(0)
  const named = (await readdir(testdata('real'))).filter((name) => /^(gr|as)/.test(name)).sort()
  expect(lines(stdout).map((line) => line.path)).toEqual([
    ...named.map((name) => testdata(`real/${name}`)),
    ...['astronaut', 'grace_hopper'].map((name) => join(folder, `${name}.crop.png`)),
  ])
  expect(stderr).toMatch(/^unswap: .*portraits\.json: skipped: .+$/)
})
