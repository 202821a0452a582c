import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { onTestFinished } from 'vitest'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const NODE = join(ROOT, 'node_modules/.bin/node')
const MAIN = join(ROOT, 'packages/cli/src/main.ts')

/** A file of the test data, by its path in `testdata/`. */
export const testdata = (path: string) => join(ROOT, 'testdata', path)

interface Settings {
  readonly env?: Record<string, string>
  /** File given on stdin; nothing by default. */
  readonly stdin?: string
}

/** Starts the real command with the project's own Node; it never rejects, so look at `exitCode`. */
export function unswap(args: readonly string[], { env = {}, stdin = '/dev/null' }: Settings = {}) {
  return execa(NODE, [MAIN, ...args], { reject: false, stripFinalNewline: true, env, inputFile: stdin })
}

/** The lines of a `--jsonl` run. */
export function lines(stdout: string): Array<Record<string, unknown> & { path: string }> {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}

/** An empty folder, gone when the test ends. */
export async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'unswap-cli-test-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}
