import { existsSync, readdirSync, readlinkSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { DEFAULT_LIMITS } from '@unswap/contract'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runInWorkerThread } from '../../src/media/worker-thread.ts'

const SOURCE = join(import.meta.dirname, '../../src/media/worker-thread.ts')
let folder: string

/** A program for a thread, whose `work` is the body of a function of the task. */
async function program(name: string, work: string): Promise<URL> {
  const path = join(folder, `${name}.ts`)
  await writeFile(
    path,
    `import { answerWorkerTask } from ${JSON.stringify(SOURCE)}\nawait answerWorkerTask(async (task) => { ${work} })\n`,
  )
  return pathToFileURL(path)
}

function linkOf(fd: string): string | null {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`)
  } catch {
    return null // closed meanwhile
  }
}

let endless: URL
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aside-'))
  endless = await program('endless', 'for (;;);')
})
afterAll(() => rm(folder, { recursive: true }))
const never = new AbortController().signal

test('an answer and an error come back as they were', async () => {
  const double = await program('double', 'return task.value * 2')
  await expect(runInWorkerThread(double, { value: 21 }, DEFAULT_LIMITS, never)).resolves.toBe(42)
  const broken = await program('broken', "throw new Error('no such box')")
  await expect(runInWorkerThread(broken, {}, DEFAULT_LIMITS, never)).rejects.toMatchObject({
    code: 'internal',
    message: expect.stringContaining('no such box'),
  })
})

test('a thread that has answered closes its files before it ends', async () => {
  const careless = await program(
    'careless',
    `const { open } = await import('node:fs/promises')
    const file = await open(task.path)
    for (let i = 0; i < 20; i++) void open(task.path).then((other) => other.close())
    void file.close()
    return 'answered'`,
  )
  const path = join(folder, 'held')
  await writeFile(path, 'held')
  for (let i = 0; i < 3; i++) {
    await expect(runInWorkerThread(careless, { path }, DEFAULT_LIMITS, never)).resolves.toBe('answered')
  }
  const open = existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd') : []
  expect(open.filter((fd) => linkOf(fd) === path)).toEqual([])
})

test('endless work is ended at the limit of time, and this thread runs meanwhile', async () => {
  let turns = 0
  const timer = setInterval(() => turns++, 10)
  await expect(
    runInWorkerThread(endless, {}, { ...DEFAULT_LIMITS, seconds: 1 }, never),
  ).rejects.toMatchObject({
    code: 'limit_time',
  })
  clearInterval(timer)
  expect(turns).toBeGreaterThan(5)
})

test('endless work is ended when it is cancelled', async () => {
  const leaving = new AbortController()
  const running = runInWorkerThread(endless, {}, DEFAULT_LIMITS, leaving.signal)
  leaving.abort()
  await expect(running).rejects.toMatchObject({ code: 'cancelled' })
})

test('a thread that collapses is damage, not a fault of this process', async () => {
  const gone = await program('gone', 'process.exit(3)')
  await expect(runInWorkerThread(gone, {}, DEFAULT_LIMITS, never)).rejects.toMatchObject({
    code: 'media_unreadable',
  })
})

test('a main program of any kind can start it', async () => {
  const double = await program('double', 'return task.value * 2')
  const main = `
    import { runInWorkerThread } from ${JSON.stringify(SOURCE)}
    const limits = ${JSON.stringify(DEFAULT_LIMITS)}
    console.log(await runInWorkerThread(new URL(${JSON.stringify(double.href)}), { value: 4 }, limits, new AbortController().signal))`
  const { stdout } = await execa(process.execPath, ['--input-type=module', '-e', main])
  expect(stdout).toBe('8')
})
