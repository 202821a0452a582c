import { execFile } from 'node:child_process'
import { cp, link, mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, matchesGlob } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

/** An image's file system as a folder, and how its container starts. */
export interface Image {
  /** The folder that is `/` in a container. */
  readonly folder: string
  readonly environment: Readonly<Record<string, string>>
  /** `uid:gid` */
  readonly user: string
  readonly command: readonly string[]
  /** Shell command of the health check. */
  readonly healthcheck: string
}

interface Line {
  readonly word: string
  readonly rest: string
}

/**
 * Builds one target of the Dockerfile without an engine. It runs COPY and RUN in order, each stage in its folder, with
 * the files that .dockerignore allows. This machine replaces base images and Debian's packages.
 */
export async function buildImage(target: string): Promise<Image> {
  const folder = await mkdtemp(join(tmpdir(), 'unswap-image-'))
  try {
    return await buildIn(folder, target)
  } catch (thrown) {
    await rm(folder, { recursive: true, force: true })
    throw thrown
  }
}

async function buildIn(folder: string, target: string): Promise<Image> {
  const stages = readStages(await readFile(join(ROOT, 'Dockerfile'), 'utf8'))
  await makeContext(join(folder, 'context'))
  const built = new Map<string, Promise<Record<string, string>>>()
  const build = (name: string): Promise<Record<string, string>> => {
    const known = built.get(name) ?? buildStage(name)
    built.set(name, known)
    return known
  }
  const buildStage = async (name: string) => {
    const [first, ...lines] = stages.get(name)!
    const base = first!.rest.split(' ')[0]!
    const root = join(folder, name)
    const environment = { ...(stages.has(base) ? await build(base) : {}) }
    if (stages.has(base)) await cp(join(folder, base), root, { recursive: true, verbatimSymlinks: true })
    else await mkdir(root)
    let place = '/'
    if (stages.has(base)) place = lastOf(stages.get(base)!, 'WORKDIR') || place
    for (const { word, rest } of lines) {
      if (word === 'WORKDIR') {
        place = rest
        await mkdir(join(root, place), { recursive: true })
      } else if (word === 'ENV') {
        for (const pair of rest.split(' ')) environment[pair.split('=')[0]!] = pair.split('=')[1]!
      } else if (word === 'COPY') {
        const from = /^--from=(\S+) /.exec(rest)?.[1]
        // `node` comes from the base image; here it is the Node that runs the test.
        if (rest.endsWith('/usr/local/bin/node')) continue
        if (from) await build(from)
        const [to, ...sources] = rest
          .replace(/^--from=\S+ /, '')
          .split(/\s+/)
          .reverse() as [string, ...string[]]
        const into = to.startsWith('/') ? join(root, to) : join(root, place, to)
        for (const source of sources) await copy(join(folder, from ?? 'context', source), into, to)
      } else if (word === 'RUN' && !rest.startsWith('apt-get ')) {
        // Uses npm's cache of this machine first.
        const own = { NODE_ENV: undefined, npm_config_prefer_offline: 'true' }
        const env = { ...process.env, ...own, ...environment }
        await run('sh', ['-ec', rest], { cwd: join(root, place), env, maxBuffer: 16 * 1024 ** 2 })
      }
    }
    return environment
  }
  const environment = await build(target)
  const lines = stages.get(target)!
  await mkdir(join(folder, target, 'usr/local/bin'), { recursive: true })
  await cp(process.execPath, join(folder, target, 'usr/local/bin/node'))
  for (const name of await readdir(folder))
    if (name !== target) await rm(join(folder, name), { recursive: true, force: true })
  return {
    folder: join(folder, target),
    environment,
    user: lastOf(lines, 'USER'),
    command: JSON.parse(lastOf(lines, 'CMD')) as string[],
    healthcheck: lastOf(lines, 'HEALTHCHECK').replace(/^.*? CMD /, ''),
  }
}

/** Removes an image, even a read-only one. */
export async function removeImage({ folder }: Image): Promise<void> {
  await run('chmod', ['-R', 'u+w', folder])
  await rm(dirname(folder), { recursive: true, force: true })
}

const lastOf = (lines: readonly Line[], word: string) =>
  lines.findLast((line) => line.word === word)?.rest ?? ''

/** The lines of each stage by its name; the first is its FROM. */
function readStages(text: string): Map<string, Line[]> {
  const stages = new Map<string, Line[]>()
  let lines: Line[] = []
  for (const one of text
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n')) {
    const [, word, rest] = /^([A-Z]+) (.+)$/.exec(one) ?? []
    if (!word || !rest) continue
    if (word === 'FROM') {
      lines = []
      stages.set(/ AS (\S+)$/.exec(rest)![1]!, lines)
    }
    lines.push({ word, rest })
  }
  return stages
}

/** The build context: files that git tracks or would add, without those of .dockerignore. */
async function makeContext(context: string): Promise<void> {
  const ignored = (await readFile(join(ROOT, '.dockerignore'), 'utf8'))
    .split('\n')
    .filter((line) => line && !line.startsWith('#'))
  const sent = (file: string) => {
    let kept = true
    for (const line of ignored) {
      const pattern = line.replace(/^!/, '')
      if (matchesGlob(file, pattern) || matchesGlob(file, `${pattern}/**`)) kept = line.startsWith('!')
    }
    return kept
  }
  const list = ['ls-files', '--cached', '--others', '--exclude-standard', '-z']
  const { stdout } = await run('git', list, { cwd: ROOT, maxBuffer: 16 * 1024 ** 2 })
  for (const file of stdout.split('\0').filter((name) => name && sent(name))) {
    await mkdir(join(context, dirname(file)), { recursive: true })
    await link(join(ROOT, file), join(context, file)).catch(() => cp(join(ROOT, file), join(context, file)))
  }
}

/** Copies as COPY does: the content of a folder, or a file. */
async function copy(source: string, into: string, to: string): Promise<void> {
  const whole = (await stat(source)).isDirectory()
  const target = !whole && /(^\.|\/)$/.test(to) ? join(into, source.split('/').at(-1)!) : into
  await mkdir(dirname(target), { recursive: true })
  await cp(source, target, { recursive: true, verbatimSymlinks: true })
}
