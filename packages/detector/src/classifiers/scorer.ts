import { UnswapError } from '@unswap/contract'
import { distinctSpecs } from '../faces/align.ts'
import type { FaceCrop } from '../faces/face.ts'
import { type ClassifyOptions, classify } from './classify.ts'
import type { CropLogits, CropScore, ScoreChoices, Scorer } from './crop-score.ts'
import { cropFor } from './network-input.ts'
import type { Classifier } from './open-classifiers.ts'
import { withSharedCancellation } from './shared-cancellation.ts'

/** How many crops a batch held, and the milliseconds that all classifiers, and each by its id, took for it. */
export interface BatchTimes {
  readonly crops: number
  readonly milliseconds: number
  readonly models: Readonly<Record<string, number>>
}

export interface ScorerOptions {
  /** Most crops in one run of a network (mirror images count), 8 by default. */
  readonly batch?: number
  /** Called after each batch. */
  readonly onBatch?: (batch: BatchTimes) => void
}

interface Request extends ScoreChoices {
  readonly crops: readonly FaceCrop[]
  readonly signal: AbortSignal | undefined
  settle(result: CropScore | Error): void
}

/**
 * A scorer over opened classifiers, which it owns: closing it closes them.
 *
 * Work starts at once when the networks are idle; crops that arrive meanwhile share the next batch. Callers are told
 * apart by their signals and take turns, so that one with many crops does not delay the others. An aborted signal
 * rejects the caller's crops with `cancelled`, and stops a remote run that no other caller waits for.
 *
 * `score` rejects with `inference_failed` when an output is not a finite number.
 */
export function createScorer(classifiers: readonly Classifier[], options: ScorerOptions = {}): Scorer {
  const { batch: most = 8, onBatch } = options
  const waiting = createQueue<Request>(({ flip }) => (flip ? 2 : 1))
  const closing = new AbortController()
  let running: Promise<void> | null = null

  async function work(): Promise<void> {
    await Promise.resolve() // crops that are handed over in the same turn of the event loop share the first batch
    for (let batch = waiting.take(most); batch.length; batch = waiting.take(most)) {
      const begin = performance.now()
      const callers = batch.map(({ signal }) => signal)
      const models: Record<string, number> = {}
      const results = await withSharedCancellation(callers, closing.signal, (signal) =>
        scoreBatch(classifiers, batch, signal, models),
      )
      const milliseconds = performance.now() - begin
      batch.forEach((request, i) => {
        request.settle(results[i]!)
      })
      onBatch?.({ crops: batch.length, milliseconds, models })
    }
    running = null
  }

  return {
    inputs: distinctSpecs(
      classifiers.map(({ manifest: { input } }) => ({ margin: input.margin, size: input.size })),
    ),
    score(crops, signal, choices = {}) {
      if (closing.signal.aborted || signal?.aborted) return Promise.reject(cancelled(signal))
      return new Promise((resolve, reject) => {
        const abort = (): void => {
          waiting.remove(signal, request)
          request.settle(cancelled(signal))
        }
        const request: Request = {
          ...choices,
          crops,
          signal,
          settle(result) {
            signal?.removeEventListener('abort', abort)
            if (result instanceof Error) reject(result)
            else resolve(result)
          },
        }
        signal?.addEventListener('abort', abort, { once: true })
        waiting.add(signal, request)
        running ??= work()
      })
    },
    async close() {
      if (closing.signal.aborted) return
      closing.abort()
      for (const request of waiting.take(Number.POSITIVE_INFINITY)) request.settle(cancelled())
      await running
      await Promise.all(classifiers.map(({ session }) => session.close()))
    },
  }
}

/** One result per request: an error where a model that it asks for fails. Adds milliseconds to `times`. Never rejects. */
async function scoreBatch(
  classifiers: readonly Classifier[],
  batch: readonly Request[],
  signal: AbortSignal,
  times: Record<string, number>,
): Promise<(CropScore | Error)[]> {
  const results = batch.map((): (CropLogits | Error)[] => [])
  for (const model of classifiers) {
    const { id } = model.manifest
    const begin = performance.now()
    const wanting = [...batch.entries()].filter(
      ([i, { models }]) => (models?.includes(id) ?? true) && !failureIn(results[i]!),
    )
    for (const flip of [false, true]) {
      const group = wanting.filter(([, request]) => (request.flip ?? false) === flip)
      if (!group.length) continue
      const requests = group.map(([, request]) => request)
      const scores = await classifyFor(model, requests, { flip, signal }).catch((error: Error) => error)
      group.forEach(([i], at) => {
        results[i]!.push(scores instanceof Error ? scores : scores[at]!)
      })
      times[id] = performance.now() - begin
    }
  }
  return results.map((own) => failureIn(own) ?? (own as CropScore))
}

/** @throws as `classify`, and RangeError for a request whose crops show too little */
async function classifyFor(model: Classifier, requests: readonly Request[], options: ClassifyOptions) {
  const crops = requests.map(({ crops }) => cropFor(crops, model.manifest.input))
  return classify(model, crops, options)
}

const failureIn = (results: readonly (CropLogits | Error)[]): Error | undefined =>
  results.find((one) => one instanceof Error)

const cancelled = (signal?: AbortSignal): UnswapError =>
  new UnswapError('cancelled', 'The scoring of a face was cancelled.', { cause: signal?.reason })

/** First in, first out per caller; callers take turns. `weigh` says how much room an item takes. */
function createQueue<T>(weigh: (item: T) => number) {
  const lanes = new Map<unknown, T[]>()
  return {
    add(caller: unknown, item: T): void {
      const lane = lanes.get(caller)
      if (lane) lane.push(item)
      else lanes.set(caller, [item])
    },
    remove(caller: unknown, item: T): void {
      const lane = lanes.get(caller)?.filter((other) => other !== item) ?? []
      if (lane.length) lanes.set(caller, lane)
      else lanes.delete(caller)
    },
    /** As many items as there is room for, and one at least. */
    take(room: number): T[] {
      const taken: T[] = []
      while (lanes.size) {
        const [caller, lane] = lanes.entries().next().value!
        room -= weigh(lane[0]!)
        if (taken.length && room < 0) break
        taken.push(lane.shift()!)
        lanes.delete(caller) // and back in at the end, so that the next caller has its turn
        if (lane.length) lanes.set(caller, lane)
      }
      return taken
    },
  }
}
