import { Worker } from 'node:worker_threads'
import { type ErrorCode, UnswapError } from '@unswap/contract'
import type { Item } from '../datasets/item.ts'
import type { Crop } from './extract.ts'

/** What every thread is told at its start. */
export interface CrewSetup {
  readonly modelsDir: string
  readonly root: string
  readonly frames: number
  readonly facesPerFrame: number
}

export type Task = Item | 'stop'
export type Answer =
  | { readonly crops: readonly Crop[] }
  | { readonly code: ErrorCode; readonly message: string }

/** Threads that each find faces in one item at a time. */
export interface Crew {
  /** Crops of an item once a thread is free; first come, first served. Throws as `extractCrops` does. */
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

/** Starts `count` threads, each with networks of its own. Closing it cancels what is under way. */
export function openCrew(count: number, setup: CrewSetup): Crew {
  const waiting: Request[] = []
  const threads = Array.from({ length: count }, () => startThread(setup, waiting))
  return {
    extract(item) {
      return new Promise((resolve, reject) => {
        const settle = (answer: Answer) => {
          if ('crops' in answer) resolve(answer.crops)
          else reject(new UnswapError(answer.code, answer.message))
        }
        waiting.push({ item, settle })
        threads.find(({ idle }) => idle())?.next()
      })
    },
    async close() {
      for (const { settle } of waiting.splice(0)) settle(CANCELLED)
      await Promise.all(threads.map((thread) => thread.stop()))
    },
  }
}

function startThread(setup: CrewSetup, waiting: Request[]) {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: setup })
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  let current: Request | null = null
  let failure: Answer | null = null

  const next = () => {
    current = waiting.shift() ?? null
    if (current === null) return
    if (failure !== null) settle(failure)
    else worker.postMessage(current.item)
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
    die({ code: 'worker_crashed', message: `A thread of preprocessing failed: ${String(thrown)}` })
  })
  worker.once('exit', () => die(CANCELLED))

  return {
    idle: () => current === null,
    next,
    async stop() {
      worker.postMessage('stop' satisfies Task)
      await ended
    },
  }
}
