import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type ErrorCode, UnswapError } from '@unswap/contract'
import type { Item } from '../datasets/dataset-item.ts'
import type { Crop } from './extract-crops.ts'

/** What every process is told at its start. */
export interface CrewSetup {
  readonly modelsDir: string
  readonly root: string
  readonly frames: number
  readonly facesPerFrame: number
}

export type Task = CrewSetup | Item | 'stop'
export type Answer =
  | { readonly crops: readonly Crop[] }
  | { readonly code: ErrorCode; readonly message: string }

/** Processes that each find faces in one item at a time. */
export interface Crew {
  /** Crops of an item once a process is free; first come, first served. Throws as `extractCrops` does. */
  extract(item: Item): Promise<readonly Crop[]>
  close(): Promise<void>
}

interface Request {
  readonly item: Item
  settle(answer: Answer): void
}

const CANCELLED: Answer = {
  code: 'cancelled',
  message: 'Preprocessing was stopped; start it again to go on.',
}

const PROGRAM = fileURLToPath(new URL('./extract-worker.ts', import.meta.url))

/** As the command starts itself: V8 counts pictures, which lie outside its heap, as if they filled it. */
const HEAP = ['--initial-heap-size=128']

/**
 * Starts `count` processes, each with networks of its own. Closing it cancels what is under way. Threads of one process
 * would wait for each other wherever memory is mapped and decoders are started (measured: a fifth of the processor time).
 */
export function openCrew(count: number, setup: CrewSetup): Crew {
  const waiting: Request[] = []
  const workers = Array.from({ length: count }, () => startWorker(setup, waiting))
  return {
    extract(item) {
      return new Promise((resolve, reject) => {
        const settle = (answer: Answer) => {
          if ('crops' in answer) resolve(answer.crops)
          else reject(new UnswapError(answer.code, answer.message))
        }
        waiting.push({ item, settle })
        workers.find(({ idle }) => idle())?.next()
      })
    },
    async close() {
      for (const { settle } of waiting.splice(0)) settle(CANCELLED)
      await Promise.all(workers.map((worker) => worker.stop()))
    },
  }
}

function startWorker(setup: CrewSetup, waiting: Request[]) {
  const worker: ChildProcess = fork(PROGRAM, { serialization: 'advanced', execArgv: HEAP })
  const ended = new Promise<void>((resolve) => worker.once('close', () => resolve()))
  const tell = (task: Task) => {
    if (worker.connected) worker.send(task, () => undefined)
  }
  tell(setup)
  let current: Request | null = null
  let failure: Answer | null = null
  let stopping = false

  const next = () => {
    current = waiting.shift() ?? null
    if (current === null) return
    if (failure !== null) settle(failure)
    else tell(current.item)
  }
  const settle = (answer: Answer) => {
    const settled = current
    current = null
    settled?.settle(answer)
    next()
  }
  const die = (answer: Answer) => {
    failure ??= answer
    settle(failure)
  }
  worker.on('message', settle)
  worker.on('error', (thrown) => {
    die({ code: 'worker_crashed', message: `A process of preprocessing failed: ${String(thrown)}` })
  })
  worker.once('exit', (status, signal) => {
    if (stopping) return die(CANCELLED)
    const how = `${signal ?? `status ${status}`}${current ? `, at ${current.item.path}` : ''}`
    die({
      code: 'worker_crashed',
      message: `A process of preprocessing ended by itself (${how}); start again.`,
    })
  })

  return {
    idle: () => current === null,
    next,
    async stop() {
      stopping = true
      tell('stop')
      await ended
    },
  }
}
