import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { expect, onTestFinished, test } from 'vitest'
import { buildProgram } from '../src/program.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const SKIPPED = new Set(['node_modules', 'dist', '.git', '.unswap'])

/** What is written for people: every Markdown file of the repository, by its path from the root. */
const pages = readdirSync(ROOT, { recursive: true, encoding: 'utf8', withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
  .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
  .filter((path) => !path.split('/').some((part) => SKIPPED.has(part)))
  .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }))

const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>
}
const runScript = readFileSync(join(ROOT, 'run.sh'), 'utf8')
const program = buildProgram(() => {})
const commands = new Set(program.commands.map((command) => command.name()))

/** The words that the last `case` of run.sh takes. */
const runWords = new Set(
  runScript
    .slice(runScript.lastIndexOf('\ncase '))
    .split('\n')
    .flatMap((line) => /^ {2}([a-z| -]+)\)/.exec(line)?.[1]?.split(' | ') ?? []),
)

/** All matches of a pattern with one group in all pages, as `page: match`. */
function named(pattern: RegExp, keep: (word: string, page: string) => boolean): string[] {
  return pages.flatMap(({ path, text }) =>
    [...text.matchAll(pattern)]
      .filter((match) => !keep(match[1]!, path))
      .map((match) => `${path}: ${match[0]}`),
  )
}

/** The anchor that a heading gets: lower case, spaces to hyphens, punctuation dropped. */
const anchors = (text: string) =>
  new Set(
    [...text.matchAll(/^#+ (.+)$/gm)].map((match) =>
      match[1]!
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  )

test('links of the documentation lead to files and headings that exist', () => {
  expect(pages.map(({ path }) => path)).toEqual(
    expect.arrayContaining(['README.md', 'docs/api.md', 'CONTRIBUTING.md']),
  )
  const dead = named(/\]\((?!https?:|mailto:)([^)\s]+)\)/g, (link, page) => {
    const [path, anchor] = link.split('#') as [string, string?]
    const target = path === '' ? page : join(dirname(page), path)
    if (!existsSync(join(ROOT, target))) return false
    return anchor === undefined || anchors(readFileSync(join(ROOT, target), 'utf8')).has(anchor)
  })
  expect(dead).toEqual([])
})

test('every guide can be reached from the README', () => {
  const readme = pages.find(({ path }) => path === 'README.md')!.text
  const guides = pages.filter(({ path }) => dirname(path) === 'docs').map(({ path }) => path)
  expect(guides.filter((path) => !readme.includes(`](${path})`))).toEqual([])
})

test('files named in the documentation exist', () => {
  const path = /`((?:packages|docs|deploy|bench|fuzz|models|testdata|trainer|adr)\/[\w./-]*[\w/])`/g
  const made = /^(packages\/web\/dist|models\/(\.?ff-1|xception-2))/
  const missing = named(path, (name, page) => {
    return made.test(name) || existsSync(join(ROOT, name)) || existsSync(join(ROOT, dirname(page), name))
  })
  expect(missing).toEqual([])
})

test('commands of npm, run.sh and unswap in the documentation exist', () => {
  expect(runWords).toContain('analyze')
  expect(
    named(
      /npm run (?:--silent )?([\w:]+)(?! *-w)\b/g,
      (script) => script in scripts || script === 'document',
    ),
  ).toEqual([])
  expect(named(/\.\/run\.sh ([a-z]+)/g, (word) => runWords.has(word))).toEqual([])
  expect(named(/`unswap ([a-z]+)/g, (word) => commands.has(word))).toEqual([])
  expect(named(/^(?:.*\| )?unswap ([a-z]+)/gm, (word) => commands.has(word))).toEqual([])
})

test('options of commands in the documentation exist', () => {
  const calls = pages.flatMap(({ path, text }) =>
    [...text.matchAll(/(?:\.\/run\.sh|\bunswap) ([a-z]+)((?: [a-z]+)?[^\n`#|]*)/g)]
      .filter((match) => commands.has(match[1]!))
      .map((match) => ({ path, command: match[1]!, rest: match[2]! })),
  )
  expect(calls.length).toBeGreaterThan(10)
  const unknown = calls.flatMap(({ path, command, rest }) => {
    const found = program.commands.find((candidate) => candidate.name() === command)!
    const nested = found.commands.find((candidate) => candidate.name() === rest.trim().split(' ')[0])
    const known = new Set([found, nested].flatMap((each) => each?.options ?? []).map((option) => option.long))
    return [...rest.matchAll(/\s(--[a-z-]+)/g)]
      .filter((match) => match[1] !== '--help' && !known.has(match[1]!))
      .map((match) => `${path}: ${command} ${match[1]}`)
  })
  expect(unknown).toEqual([])
})

test('every command of the program can be called through run.sh', () => {
  expect([...commands].filter((command) => !runWords.has(command))).toEqual([])
})

test('decisions have numbers of their own, and their titles say them', () => {
  const files = readdirSync(join(ROOT, 'docs/adr'))
  const numbers = files.map((file) => Number(file.slice(0, 4)))
  expect(numbers).toEqual(files.map((_, index) => index + 1))
  for (const file of files) {
    expect(readFileSync(join(ROOT, 'docs/adr', file), 'utf8')).toMatch(
      new RegExp(`^# ${Number(file.slice(0, 4))}\\. `),
    )
  }
})

test('the example of the library runs as it stands in the README', async () => {
  const readme = pages.find(({ path }) => path === 'README.md')!.text
  const example = /```ts\n(.*?)```/s.exec(readme)![1]!
  // Below the root, where the packages are found, and outside node_modules, where Node strips no types.
  await mkdir(join(ROOT, '.unswap'), { recursive: true })
  const folder = await mkdtemp(join(ROOT, '.unswap/example-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await writeFile(
    join(folder, 'detect.ts'),
    example.replace('clip.mp4', 'testdata/video/fake-astronaut-swap.mp4'),
  )
  const { stdout } = await execa(process.execPath, [join(folder, 'detect.ts')], { cwd: ROOT })
  expect(stdout).toMatch(/^likely_manipulated 0\.\d+ \[\]\nface-1 \{/)
})
