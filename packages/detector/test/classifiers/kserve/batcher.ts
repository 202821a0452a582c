import type { Session } from '../../../src/onnx/session.ts'
import type { FloatTensor } from '../../../src/onnx/tensor.ts'
import type { ModelConfig } from './config.ts'

type Tensors = Readonly<Record<string, FloatTensor>>

interface Waiting {
  readonly feeds: Tensors
  readonly rows: number
  resolve(outputs: Tensors): void
  reject(error: unknown): void
}

/**
 * Dynamic batching as Triton does it: requests wait until they fill a preferred batch or the oldest has waited for the
 * longest delay; whole requests are joined, never more rows than the largest batch. `ran` is told the rows of each run.
 */
export function createBatcher(session: Session, config: ModelConfig, ran: (rows: number) => void) {
  const { preferred_batch_size: preferred, max_queue_delay_microseconds: delay } = config.dynamic_batching
  const waiting: Waiting[] = []
  let timer: NodeJS.Timeout | undefined
  let busy = false

  async function flush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    if (busy) return
    busy = true
    while (waiting.length > 0) {
      const batch: Waiting[] = []
      let rows = 0
      while (waiting[0] && rows + waiting[0].rows <= config.max_batch_size) {
        rows += waiting[0].rows
        batch.push(waiting.shift()!)
      }
      ran(rows)
      try {
        const outputs = await session.run(join(batch.map(({ feeds }) => feeds)))
        let at = 0
        for (const request of batch) {
          request.resolve(cut(outputs, at, at + request.rows))
          at += request.rows
        }
      } catch (error) {
        for (const request of batch) request.reject(error)
      }
    }
    busy = false
  }

  return (feeds: Tensors): Promise<Tensors> =>
    new Promise((resolve, reject) => {
      waiting.push({ feeds, rows: Object.values(feeds)[0]!.dims[0]!, resolve, reject })
      const rows = waiting.reduce((sum, one) => sum + one.rows, 0)
      if (preferred.includes(rows) || rows >= config.max_batch_size) void flush()
      else timer ??= setTimeout(() => void flush(), Number(delay) / 1000)
    })
}

function join(list: readonly Tensors[]): Tensors {
  const names = Object.keys(list[0]!)
  return Object.fromEntries(
    names.map((name) => {
      const parts = list.map((tensors) => tensors[name]!)
      const data = new Float32Array(parts.reduce((sum, part) => sum + part.data.length, 0))
      let at = 0
      for (const part of parts) {
        data.set(part.data, at)
        at += part.data.length
      }
      const rows = parts.reduce((sum, part) => sum + part.dims[0]!, 0)
      return [name, { data, dims: [rows, ...parts[0]!.dims.slice(1)] }]
    }),
  )
}

const cut = (tensors: Tensors, from: number, to: number): Tensors =>
  Object.fromEntries(
    Object.entries(tensors).map(([name, { data, dims }]) => {
      const row = data.length / dims[0]!
      return [name, { data: data.slice(from * row, to * row), dims: [to - from, ...dims.slice(1)] }]
    }),
  )
