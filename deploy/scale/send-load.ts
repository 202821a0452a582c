import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'

/** The outcome of one submission, as its client saw it. */
export interface Outcome {
  readonly key: string
  readonly id: string
  readonly state: string
  readonly seconds: number
  /** Requests that were cut off, refused temporarily, or not answered. */
  readonly retries: number
}

/** Longest that a client keeps trying. */
const PATIENCE_MS = 180_000
const POLL_MS = 250

/**
 * Submits photographs from several clients at a time and follows each to its end. A client without an answer sends
 * again under the same Idempotency-Key.
 */
export async function sendLoad(
  address: string,
  photograph: Blob,
  { clients, analyses }: { readonly clients: number; readonly analyses: number },
  onOutcome: (done: number) => void,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  let left = analyses
  const client = async () => {
    while (left-- > 0) {
      outcomes.push(await analyze(address, photograph))
      onOutcome(outcomes.length)
    }
  }
  await Promise.all(Array.from({ length: clients }, client))
  return outcomes
}

async function analyze(address: string, photograph: Blob): Promise<Outcome> {
  const key = randomUUID()
  const start = performance.now()
  const body = () => {
    const form = new FormData()
    form.append('file', photograph, 'photograph.jpg')
    return form
  }
  let retries = 0
  const ask = async (path: string, init: () => RequestInit): Promise<{ id: string; state: string }> => {
    for (;;) {
      const answer = await once(`${address}/api/v1/${path}`, init())
      if ('json' in answer) return answer.json
      if (!answer.passing || performance.now() - start > PATIENCE_MS) {
        throw new Error(`${path} under ${key} after ${retries} tries: ${answer.fault}`)
      }
      retries++
      await pause(200 + Math.random() * 300)
    }
  }
  const submission = () => ({ method: 'POST', body: body(), headers: { 'idempotency-key': key } })
  let analysis = await ask('analyses?fresh=true&retention=hours:1', submission)
  while (analysis.state === 'queued' || analysis.state === 'running') {
    await pause(POLL_MS)
    analysis = await ask(`analyses/${analysis.id}`, () => ({}))
  }
  return { key, id: analysis.id, state: analysis.state, seconds: (performance.now() - start) / 1000, retries }
}

async function once(
  url: string,
  init: RequestInit,
): Promise<{ json: { id: string; state: string } } | { fault: string; passing: boolean }> {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(30_000) })
    const text = await response.text()
    if (response.ok) return { json: JSON.parse(text) }
    // 409 with Retry-After: the first request under this key is still running.
    const passing = response.status >= 500 || response.status === 429 || response.headers.has('retry-after')
    return { fault: `${response.status} ${text.slice(0, 200)}`, passing }
  } catch (error) {
    const { message, cause } = error as Error
    return { fault: `${message} ${cause instanceof Error ? cause.message : ''}`, passing: true }
  }
}
