// The program of the thread that `runtime-thread.ts` starts: loads one network and runs it until told to end.
import { parentPort, workerData } from 'node:worker_threads'
import { loadInThisThread } from './runtime.ts'
import { buffersOf, type RunRequest, type ThreadAnswer, type ThreadStart } from './runtime-messages.ts'

const port = parentPort!
const { model, settings } = workerData as ThreadStart
const send = (answer: ThreadAnswer, moved: ArrayBuffer[] = []): void => port.postMessage(answer, moved)
const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown))

try {
  const { inputs, outputs, run, release } = await loadInThisThread(model, settings)
  port.on('message', async ({ number, feeds }: RunRequest) => {
    if (feeds === null) {
      await release()
      port.close()
      return
    }
    try {
      const results = await run(feeds)
      send({ kind: 'ran', number, results }, buffersOf(results))
    } catch (thrown) {
      send({ kind: 'run_failed', number, message: messageOf(thrown) })
    }
  })
  send({ kind: 'loaded', inputs, outputs })
} catch (thrown) {
  send({ kind: 'load_failed', message: messageOf(thrown) })
  port.close()
}
