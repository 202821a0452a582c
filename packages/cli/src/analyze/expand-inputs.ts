import type { Dirent } from 'node:fs'
import { glob, readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { toUnswapError, UnswapError } from '@unswap/contract'

/** One thing to analyse. `found` marks what a folder or pattern brought in: there, a file that is no media is skipped. */
export interface Input {
  readonly path: string
  readonly from: 'file' | 'stream'
  readonly found: boolean
  /** Why it cannot even be opened. */
  readonly error?: UnswapError
}

export interface Inputs {
  readonly inputs: readonly Input[]
  /** True when the arguments may stand for more than one file: the shape of the output depends on it. */
  readonly several: boolean
}

/**
 * Files, folders (all below them, hidden ones left out), patterns, pipes and `-` for stdin, in order and
 * without repetition. What cannot be opened becomes an input with an error: it never stops the others.
 */
export async function expandInputs(args: readonly string[]): Promise<Inputs> {
  const groups = await Promise.all(args.map(expand))
  const seen = new Set<string>()
  const inputs = groups.flatMap((group) =>
    group.inputs.filter((input) => {
      const key = input.path === '-' ? '-' : resolve(input.path)
      return !seen.has(key) && seen.add(key)
    }),
  )
  return { inputs, several: args.length > 1 || groups.some((group) => group.several) }
}

async function expand(arg: string): Promise<Inputs> {
  if (arg === '-') return { inputs: [{ path: '-', from: 'stream', found: false }], several: false }
  const entry = await stat(arg).catch(() => null)
  // A file may be called a[1].jpg: a path that exists is never read as a pattern.
  if (entry === null && /[*?[{]/.test(arg)) return { inputs: await matches(arg), several: true }
  if (entry?.isDirectory()) return { inputs: orNothing(arg, await walk(arg)), several: true }
  const from = entry === null || entry.isFile() ? 'file' : 'stream'
  return { inputs: [{ path: arg, from, found: false }], several: false }
}

async function matches(pattern: string): Promise<readonly Input[]> {
  const paths: string[] = []
  for await (const path of glob(pattern)) paths.push(path)
  const groups = await Promise.all(
    paths.sort().map(async (path): Promise<readonly Input[]> => {
      const entry = await stat(path).catch(() => null)
      if (entry?.isDirectory()) return walk(path)
      return entry === null || entry.isFile() ? [{ path, from: 'file', found: true }] : []
    }),
  )
  return orNothing(pattern, groups.flat())
}

/** Every file below a folder, by name. Links to folders are not followed: they may lead in circles. */
async function walk(folder: string): Promise<readonly Input[]> {
  let entries: Dirent[]
  try {
    entries = await readdir(folder, { withFileTypes: true })
  } catch (cause) {
    const message = `The folder cannot be read (${toUnswapError(cause).message}). Check its permissions.`
    const error = new UnswapError('media_unreadable', message, { cause })
    return [{ path: folder, from: 'file', found: true, error }]
  }
  const inputs: Input[] = []
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith('.')) continue
    const path = join(folder, entry.name)
    if (entry.isDirectory()) inputs.push(...(await walk(path)))
    else if (entry.isFile() || (entry.isSymbolicLink() && (await isFile(path)))) {
      inputs.push({ path, from: 'file', found: true })
    }
  }
  return inputs
}

const isFile = (path: string) =>
  stat(path).then(
    (entry) => entry.isFile(),
    () => true, // a broken link is reported when it is opened
  )

function orNothing(arg: string, inputs: readonly Input[]): readonly Input[] {
  if (inputs.length > 0) return inputs
  const error = new UnswapError('media_not_found', 'There is no file here. Check the path or the pattern.')
  return [{ path: arg, from: 'file', found: false, error }]
}
