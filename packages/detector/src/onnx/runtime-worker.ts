// The thread of `runtime-thread.ts`: loads one network and runs it until it is told to end.
import { parentPort, workerData } from 'node:worker_threads'
import { loadHere } from './runtime.ts'
import { type Answer, buffersOf, type Order, type Setup } from './runtime-thread.ts'

const port = parentPort!
const { model, settings } = workerData as Setup
const answer = (what: Answer, moved: ArrayBuffer[] = []): void => port.postMessage(what, moved)
const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown))

try {
  const { inputs, outputs, run, release } = await loadHere(model, settings)
  port.on('message', async (order: Order) => {
    if (order.feeds === null) {
      await release()
      port.close()
      return
    }
    try {
      const results = await run(order.feeds)
      answer({ kind: 'ran', number: order.number, results }, buffersOf(results))
    } catch (thrown) {
      answer({ kind: 'failed', number: order.number, message: messageOf(thrown) })
    }
  })
  answer({ kind: 'loaded', inputs, outputs })
} catch (thrown) {
  answer({ kind: 'unloadable', message: messageOf(thrown) })
  port.close()
}
