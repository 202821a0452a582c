import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Runtime, RuntimeSettings } from './runtime.ts'
import { buffersOf, type RunRequest, type ThreadAnswer, type ThreadStart } from './runtime-messages.ts'
import type { NamedTensors } from './tensor.ts'

interface Pending {
  resolve(results: NamedTensors): void
  reject(error: Error): void
}

/**
 * Loads a network in a thread of its own: onnxruntime's `run` blocks the thread that calls it, and this one has frames
 * to decode meanwhile. Fails as onnxruntime does, or when the thread ends.
 */
export async function loadInOwnThread(
  model: string | Uint8Array,
  settings: RuntimeSettings,
): Promise<Runtime> {
  const start: ThreadStart = { model, settings }
  const worker = new Worker(new URL('./runtime-worker.ts', import.meta.url), {
    workerData: start,
    execArgv: [], // options such as `--input-type` are for the main program only
  })
  const pending = new Map<number, Pending>()
  let nextNumber = 0
  let ended: Error | null = null

  const end = (error: Error): void => {
    ended ??= error
    for (const { reject } of pending.values()) reject(ended)
    pending.clear()
  }
  worker.on('error', end)
  worker.on('exit', () => end(new Error('The thread of the network has ended.')))

  const [first] = (await once(worker, 'message')) as [ThreadAnswer]
  if (first.kind !== 'loaded') throw new Error(first.kind === 'load_failed' ? first.message : first.kind)
  const { inputs, outputs } = first

  worker.on('message', (answer: ThreadAnswer) => {
    if (answer.kind !== 'ran' && answer.kind !== 'run_failed') return
    const { resolve, reject } = pending.get(answer.number)!
    pending.delete(answer.number)
    if (pending.size === 0) worker.unref()
    if (answer.kind === 'ran') resolve(answer.results)
    else reject(new Error(answer.message))
  })
  // An idle network must not keep the process alive. Must follow `worker.on('message')`, which refs the worker again.
  worker.unref()

  function run(feeds: NamedTensors): Promise<NamedTensors> {
    if (ended) return Promise.reject(ended)
    return new Promise((resolve, reject) => {
      const request: RunRequest = { number: nextNumber++, feeds }
      pending.set(request.number, { resolve, reject })
      worker.ref()
      worker.postMessage(request, buffersOf(feeds))
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
      const request: RunRequest = { number: nextNumber++, feeds: null }
      worker.postMessage(request)
      await exit
    },
  }
}
