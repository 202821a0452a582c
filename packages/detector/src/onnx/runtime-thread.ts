import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Runtime, RuntimeSettings } from './runtime.ts'
import type { Values } from './session.ts'

export interface Setup {
  readonly model: string | Uint8Array
  readonly settings: RuntimeSettings
}

/** What the thread is told: to run, or, without feeds, to end. */
export interface Order {
  readonly number: number
  readonly feeds: Readonly<Record<string, Values>> | null
}

export type Answer =
  | { readonly kind: 'loaded'; readonly inputs: readonly string[]; readonly outputs: readonly string[] }
  | { readonly kind: 'unloadable'; readonly message: string }
  | { readonly kind: 'ran'; readonly number: number; readonly results: Record<string, Values> }
  | { readonly kind: 'failed'; readonly number: number; readonly message: string }

interface Waiting {
  resolve(results: Record<string, Values>): void
  reject(error: Error): void
}

/**
 * Loads a network in a thread of its own, so that this one goes on decoding and finding faces while it runs:
 * onnxruntime's `run` holds the thread that calls it until the network is through. Fails as onnxruntime does, or when
 * the thread ends.
 */
export async function loadInThread(model: string | Uint8Array, settings: RuntimeSettings): Promise<Runtime> {
  const setup: Setup = { model, settings }
  const worker = new Worker(new URL('./runtime-worker.ts', import.meta.url), {
    workerData: setup,
    execArgv: [], // such as `--input-type` are for the main program alone
  })
  const waiting = new Map<number, Waiting>()
  let next = 0
  let ended: Error | null = null

  const end = (error: Error): void => {
    ended ??= error
    for (const { reject } of waiting.values()) reject(ended)
    waiting.clear()
  }
  worker.on('error', end)
  worker.on('exit', () => end(new Error('The thread of the network has ended.')))

  const [first] = (await once(worker, 'message')) as [Answer]
  if (first.kind !== 'loaded') throw new Error(first.kind === 'unloadable' ? first.message : first.kind)
  const { inputs, outputs } = first

  worker.on('message', (answer: Answer) => {
    if (answer.kind !== 'ran' && answer.kind !== 'failed') return
    const { resolve, reject } = waiting.get(answer.number)!
    waiting.delete(answer.number)
    if (waiting.size === 0) worker.unref()
    if (answer.kind === 'ran') resolve(answer.results)
    else reject(new Error(answer.message))
  })
  // An idle network must not keep the process from ending. (Listening to messages would undo this.)
  worker.unref()

  function run(feeds: Readonly<Record<string, Values>>): Promise<Record<string, Values>> {
    if (ended) return Promise.reject(ended)
    return new Promise((resolve, reject) => {
      const order: Order = { number: next++, feeds }
      waiting.set(order.number, { resolve, reject })
      worker.ref()
      worker.postMessage(order, [
        ...new Set(Object.values(feeds).map(({ data }) => data.buffer as ArrayBuffer)),
      ])
    })
  }

  return {
    inputs,
    outputs,
    run,
    async release() {
      if (ended) return
      const exit = once(worker, 'exit')
      worker.ref()
      const order: Order = { number: next++, feeds: null }
      worker.postMessage(order)
      await exit
    },
  }
}

/** The memory of values, to be moved to another thread rather than copied. */
export const buffersOf = (values: Readonly<Record<string, Values>>): ArrayBuffer[] => [
  ...new Set(Object.values(values).map(({ data }) => data.buffer as ArrayBuffer)),
]
