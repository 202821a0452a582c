import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { stopProgram } from '../services/run-program.ts'
import type { Order } from './service-program.ts'

const PROGRAM = fileURLToPath(new URL('./service-program.ts', import.meta.url))
const READY_MS = 60_000
/** Longest that a client keeps asking. */
const PATIENCE_MS = 60_000

/** One log line, as far as tests read it. */
interface LogLine {
  readonly msg?: string
  readonly code?: string
  readonly err?: { readonly code?: string; readonly message: string }
  readonly [field: string]: unknown
}

/** A service in a process of its own. */
export interface RunningProcess {
  readonly pid: number
  readonly lines: readonly LogLine[]
  tell(order: Order): Promise<void>
  /** Resolves when it has ended, by whatever cause, with its exit status. */
  readonly ended: Promise<number | null>
  kill(): Promise<void>
  stop(): Promise<void>
}

/** Starts the service and waits until it is ready, or has ended because it refused to start. */
export async function startService(environment: Readonly<Record<string, string>>): Promise<RunningProcess> {
  const child = fork(PROGRAM, {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    execArgv: [],
    env: {
      PATH: process.env.PATH ?? '',
      STAND_IN: '1',
      UNSWAP_ACCESS_REQUESTS_PER_MINUTE: '0',
      UNSWAP_QUEUE_LEASE_SECONDS: '3',
      UNSWAP_OBSERVE_LOG_LEVEL: 'trace',
      ...environment,
    },
  })
  const lines: LogLine[] = []
  const ended = once(child, 'exit').then(([status]) => status as number | null)
  createInterface({ input: child.stdout! }).on('line', (line) => lines.push(JSON.parse(line)))
  for (const deadline = Date.now() + READY_MS; ; await pause(20)) {
    if (isOver(child) || lines.some(({ msg }) => msg === 'ready')) break
    if (Date.now() > deadline) throw new Error(`The service is not ready: ${JSON.stringify(lines.at(-1))}`)
  }
  return {
    pid: child.pid!,
    lines,
    ended,
    async tell(order) {
      const told = once(child, 'message')
      child.send(order)
      await told
    },
    kill: () => stopProgram(child, 'SIGKILL'),
    stop: () => stopProgram(child, 'SIGTERM'),
  }
}

const isOver = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null

/** What a client gets: the analysis with its final state. */
export interface Answer {
  readonly id: string
  readonly state: string
  readonly verdict: { readonly band: string } | null
  readonly error: { readonly code: string } | null
  readonly evidence: readonly { readonly href: string }[]
  readonly expiresAt: string | null
}

export interface Sending {
  readonly key: string
  readonly name?: string
  readonly options?: string
}

/** Sends media once; the answer, whatever it is. */
export async function send(url: string, media: Buffer, { key, name = 'a.png', options = '' }: Sending) {
  const body = new FormData()
  body.append('file', new Blob([new Uint8Array(media)]), name)
  return fetch(`${url}/api/v1/analyses?fresh=true${options}`, {
    method: 'POST',
    body,
    headers: { 'idempotency-key': key },
    signal: AbortSignal.timeout(PATIENCE_MS),
  })
}

/**
 * Sends media and waits for the end of its analysis, as a patient client does: without an answer, and where it is told
 * to come back, it asks again under the same key.
 */
export async function analyze(url: string, media: Buffer, sending: Sending): Promise<Answer> {
  const deadline = Date.now() + PATIENCE_MS
  const again = { ...sending, options: `${sending.options ?? ''}&wait=30` }
  let last: unknown
  for (; Date.now() < deadline; await pause(100)) {
    const response = await send(url, media, again).catch((error: unknown) => {
      last = error
    })
    const answer = await response?.json().catch(() => null)
    if (!response || !answer) continue
    if (response.status === 200) return answer as Answer
    last = `${response.status} ${JSON.stringify(answer)}`
    if (response.status !== 202 && !response.headers.has('retry-after')) break
  }
  throw new Error(`No result: ${last}`)
}

/** The analysis once it has ended. */
export async function untilFinal(url: string, id: string): Promise<Answer> {
  for (const deadline = Date.now() + PATIENCE_MS; ; await pause(50)) {
    const answer = await fetch(`${url}/api/v1/analyses/${id}`).then(
      (response) => (response.ok ? (response.json() as Promise<Answer>) : null),
      () => null,
    )
    if (answer && !['queued', 'running'].includes(answer.state)) return answer
    if (Date.now() > deadline) throw new Error(`${id} has not ended: ${JSON.stringify(answer)}`)
  }
}
