import { type ChildProcess, execFileSync, fork } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FromWorker, Outcome, ToWorker, Work } from './fuzz-messages.ts'

export interface FuzzOptions {
  readonly inputs: number
  readonly seed: number
  readonly workers: number
  /** One input in so many takes seconds; 0 for none. */
  readonly heavy: number
  /** An input that takes longer has hung. */
  readonly hangSeconds: number
  /** Resident bytes that an analysing process may hold. */
  readonly memoryBytes: number
  /** When no further input is begun, in milliseconds since 1970. */
  readonly until?: number
  readonly onOutcome?: (tally: Tally) => void
}

interface Failure {
  readonly index: number
  readonly what: 'crash' | 'hang' | 'complaint' | 'leak' | 'memory'
  readonly detail: string
}

export interface Tally {
  inputs: number
  ends: Record<string, number>
  crashes: number
  hangs: number
  /** Analyses that left a temporary file, a process or a file handle behind. */
  leaks: number
  /** Connections that any of the inputs made. */
  connections: number
  slowestMs: number
  peakBytes: number
  failures: Failure[]
}

const WORKER = fileURLToPath(new URL('fuzz-worker.ts', import.meta.url))
const MODELS = fileURLToPath(new URL('../../models', import.meta.url))
/** After so many inputs of a process its file handles are counted, and may not become more by `FEW`. */
const WARM = 40
const FEW = 6

/** Hands every input to the detector in processes of their own; a process that dies or hangs is replaced. */
export async function fuzzMedia(options: FuzzOptions): Promise<Tally> {
  const folder = await mkdtemp(join(tmpdir(), 'fuzz-'))
  const tally: Tally = {
    inputs: 0,
    ends: {},
    crashes: 0,
    hangs: 0,
    leaks: 0,
    connections: 0,
    slowestMs: 0,
    peakBytes: 0,
    failures: [],
  }
  const listener = createServer((socket) => {
    tally.connections++
    socket.destroy()
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const { port } = listener.address() as { port: number }
  await layCanaries(folder)
  const work: Work = { seed: options.seed, heavy: options.heavy, target: { folder, port }, models: MODELS }
  let next = 0
  const { inputs, until = Number.POSITIVE_INFINITY } = options
  const take = () => (next < inputs && Date.now() < until ? next++ : undefined)
  try {
    await Promise.all(
      Array.from({ length: options.workers }, (_, n) =>
        workThrough(work, take, tally, options, join(folder, `${n}`)),
      ),
    )
  } finally {
    listener.close()
    await rm(folder, { recursive: true })
  }
  return tally
}

async function layCanaries(folder: string): Promise<void> {
  const red = ['-v', 'error', '-f', 'lavfi', '-i', 'color=c=red:s=64x48:r=10:d=1', '-pix_fmt', 'yuv420p']
  execFileSync('ffmpeg', [...red, '-c:v', 'mjpeg', join(folder, 'canary.mov')])
  execFileSync('ffmpeg', [...red, '-c:v', 'libx264', '-f', 'mpegts', join(folder, 'canary.ts')])
  execFileSync('ffmpeg', [...red, '-frames:v', '1', join(folder, 'canary.png')])
  await writeFile(join(folder, 'canary.txt'), 'canary')
}

async function workThrough(
  work: Work,
  take: () => number | undefined,
  tally: Tally,
  options: FuzzOptions,
  folder: string,
): Promise<void> {
  let worker: ChildProcess | undefined
  let done = 0
  let handles = 0
  const fail = (index: number, what: Failure['what'], detail: string) =>
    tally.failures.push({ index, what, detail })
  for (let index = take(); index !== undefined; index = take()) {
    if (worker === undefined) {
      worker = await startWorker(work, folder)
      done = 0
    }
    const ended = await one(worker, index, options.hangSeconds)
    tally.inputs++
    if (typeof ended === 'string') {
      tally[ended === 'hang' ? 'hangs' : 'crashes']++
      fail(index, ended === 'hang' ? 'hang' : 'crash', ended)
      worker = undefined
      options.onOutcome?.(tally)
      continue
    }
    if (++done === WARM) handles = ended.handles
    tally.ends[ended.end] = (tally.ends[ended.end] ?? 0) + 1
    tally.slowestMs = Math.max(tally.slowestMs, ended.milliseconds)
    tally.peakBytes = Math.max(tally.peakBytes, ended.memory)
    if (ended.complaint !== null) fail(index, 'complaint', `${ended.name}: ${ended.complaint}`)
    if (ended.memory > options.memoryBytes) fail(index, 'memory', `${ended.name}: ${ended.memory} bytes`)
    const left = `${ended.temporaries} files, ${ended.children} processes, ${ended.handles - handles} handles`
    if (ended.temporaries > 0 || ended.children > 0 || (done > WARM && ended.handles > handles + FEW)) {
      tally.leaks++
      fail(index, 'leak', `${ended.name}: ${left}`)
    }
    if (ended.memory > options.memoryBytes || ended.temporaries > 0 || ended.children > 0) {
      worker.kill('SIGKILL')
      worker = undefined
    }
    options.onOutcome?.(tally)
  }
  worker?.disconnect()
}

async function startWorker(work: Work, folder: string): Promise<ChildProcess> {
  const temporary = join(folder, 'temporary')
  await rm(folder, { recursive: true, force: true })
  await mkdir(temporary, { recursive: true })
  const worker = fork(WORKER, {
    env: { ...process.env, TMPDIR: temporary },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const ready = answer(worker)
  worker.send({ type: 'work', work } satisfies ToWorker)
  const said = await ready
  if (typeof said === 'string') throw new Error(`A worker did not start: ${said}`)
  return worker
}

/** The outcome, `hang`, or how the process ended. */
async function one(worker: ChildProcess, index: number, hangSeconds: number): Promise<Outcome | string> {
  const answered = answer(worker)
  worker.send({ type: 'input', index } satisfies ToWorker)
  let hung = false
  const timer = setTimeout(() => {
    hung = true
    worker.kill('SIGKILL')
  }, hangSeconds * 1000)
  const said = await answered
  clearTimeout(timer)
  if (typeof said === 'string') return hung ? 'hang' : said
  return said.type === 'done' ? said.outcome : 'no answer'
}

function answer(worker: ChildProcess): Promise<FromWorker | string> {
  return new Promise((resolve) => {
    const onMessage = (message: FromWorker) => {
      worker.off('exit', onExit)
      resolve(message)
    }
    const onExit = (code: number | null, signal: string | null) => {
      worker.off('message', onMessage)
      resolve(`ended by ${signal ?? code}`)
    }
    worker.once('message', onMessage).once('exit', onExit)
  })
}
