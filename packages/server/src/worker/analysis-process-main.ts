// The program of an analysing process. It loads the models once; tasks and results are messages.
import { toUnswapError } from '@unswap/contract'
import type { Analyzer, OpenAnalyzer, Task } from './analyzer.ts'
import type { FromProcess, SerializedError, ToProcess } from './process-messages.ts'

const MEMORY_REPORT_MS = 2000

const running = new Map<string, AbortController>()
let analyzer: Analyzer | undefined

// A message that cannot be sent is ignored: `disconnect` follows.
const send = (message: FromProcess) => void process.send?.(message, undefined, undefined, () => undefined)

const plain = (thrown: unknown): SerializedError => {
  const { code, message, retryable } = toUnswapError(thrown)
  return { code, message, retryable }
}

async function open(message: ToProcess & { type: 'open' }): Promise<void> {
  try {
    const { openAnalyzer } = (await import(message.module)) as { openAnalyzer: OpenAnalyzer }
    analyzer = await openAnalyzer(message.options, (batch) => send({ type: 'batch', batch }))
    send({ type: 'ready', models: analyzer.models })
  } catch (thrown) {
    send({ type: 'unready', error: plain(thrown) })
  }
}

async function analyze(task: Task): Promise<void> {
  const controller = new AbortController()
  running.set(task.id, controller)
  try {
    const result = await analyzer!.analyze(task, {
      signal: controller.signal,
      onProgress: (progress) => send({ type: 'progress', id: task.id, progress }),
    })
    send({ type: 'done', id: task.id, result })
  } catch (thrown) {
    send({ type: 'failed', id: task.id, error: plain(thrown) })
  } finally {
    running.delete(task.id)
  }
}

async function close(): Promise<void> {
  for (const controller of running.values()) controller.abort()
  await analyzer?.close()
  process.disconnect()
}

process.on('message', (message: ToProcess) => {
  if (message.type === 'open') void open(message)
  else if (message.type === 'analyze') void analyze(message.task)
  else if (message.type === 'cancel') running.get(message.id)?.abort()
  else void close()
})
// The service has ended or has closed the channel, so nobody waits for what is running.
process.on('disconnect', () => process.exit())
// A signal to the process group (Ctrl-C) is for the service, which lets running tasks finish first.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined)
setInterval(() => send({ type: 'memory', bytes: process.memoryUsage.rss() }), MEMORY_REPORT_MS)
