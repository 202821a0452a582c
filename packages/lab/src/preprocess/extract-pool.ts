import { type ErrorCode, UnswapError } from '@unswap/contract'
import { Tinypool } from 'tinypool'
import type { Item } from '../datasets/dataset-item.ts'
import type { Crop } from './extract-crops.ts'

/** What a process needs to know beside the item. */
export interface ExtractSetup {
  readonly modelsDir: string
  readonly root: string
  readonly frames: number
  readonly facesPerFrame: number
}

export interface ExtractTask extends ExtractSetup {
  readonly item: Item
}

/** Errors travel as values: a class does not survive the way between processes. */
export type ExtractAnswer =
  | { readonly crops: readonly Crop[] }
  | { readonly code: ErrorCode; readonly message: string }

/** Processes that each find faces in one item at a time. */
export interface ExtractPool {
  /**
   * Crops of an item once a process is free; first come, first served.
   * @throws UnswapError as `extractCrops` does; `worker_crashed` when the process dies; `cancelled` after `close`
   */
  extract(item: Item): Promise<readonly Crop[]>
  /** Cancels what is under way and ends the processes. */
  close(): Promise<void>
}

const CANCELLED: ExtractAnswer = {
  code: 'cancelled',
  message: 'Preprocessing was stopped; start it again to go on.',
}

/** V8 counts pictures, which lie outside its heap, as if they filled it; so the heap starts at 128 MB. */
const HEAP = ['--initial-heap-size=128']

/**
 * Starts `count` processes, each with networks of its own. Threads of one process would wait for each other wherever
 * memory is mapped and decoders are started: measured, a fifth more processor time.
 */
export function openExtractPool(count: number, setup: ExtractSetup): ExtractPool {
  const pool = new Tinypool({
    filename: new URL('./extract-worker.ts', import.meta.url),
    runtime: 'child_process',
    serialization: 'advanced',
    execArgv: HEAP,
    env: process.env as Record<string, string>,
    minThreads: count,
    maxThreads: count,
  })
  let closing: Promise<void> | null = null
  let end = ''
  for (const worker of pool.threads) {
    worker.once('exit', (status: number | null, signal: string | null) => {
      end ||= signal ?? `status ${status}`
    })
  }
  // A process that dies between two items costs nothing: tinypool starts another.
  pool.on('error', () => {})
  return {
    async extract(item) {
      const running: Promise<ExtractAnswer> = pool.run({ ...setup, item } satisfies ExtractTask)
      const answer = await running.catch((cause: unknown) => {
        if (closing === null) throw crashed(item, end, cause)
        return CANCELLED
      })
      if ('crops' in answer) return answer.crops
      throw new UnswapError(answer.code, answer.message)
    },
    close: () => (closing ??= pool.destroy()),
  }
}

const crashed = ({ path }: Item, how: string, cause: unknown) =>
  new UnswapError(
    'worker_crashed',
    `A process of preprocessing ended by itself (${how}, at ${path}); start again.`,
    { cause },
  )
