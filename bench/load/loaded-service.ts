import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Agent, setGlobalDispatcher } from 'undici'
import { freePort } from '../../packages/server/test/services/run-program.ts'

const MAIN = fileURLToPath(new URL('../../packages/server/src/main.ts', import.meta.url))
const READY_MS = 180_000
const WAIT_SECONDS = 60

export interface Media {
  readonly name: string
  readonly bytes: Blob
}

/** One answer to a submission that waited for its result; status 0 when there was none. */
export interface Answered {
  readonly status: number
  readonly retryAfter: string | null
  readonly id: string | null
  readonly state: string | null
}

/** A service on loopback under load. */
export interface Loaded {
  readonly pid: number
  readonly dataDir: string
  analyze(media: Media, retention: string): Promise<Answered>
  erase(id: string): Promise<void>
  stop(): Promise<void>
}

/** Starts the service with its models and a queue that takes so many; resolves when it is ready. */
export async function startLoaded(folder: string, queueMost: number): Promise<Loaded> {
  const port = await freePort()
  const address = `http://127.0.0.1:${port}`
  const dataDir = join(folder, `data-${port}`)
  mkdirSync(join(dataDir, 'tmp'), { recursive: true })
  const child = spawn(process.execPath, [MAIN], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      TMPDIR: join(dataDir, 'tmp'),
      UNSWAP_PORT: String(port),
      UNSWAP_DATA_DIR: dataDir,
      UNSWAP_QUEUE_MOST: String(queueMost),
      UNSWAP_ACCESS_REQUESTS_PER_MINUTE: '0',
      UNSWAP_OBSERVE_LOG_LEVEL: 'warn',
    },
  })
  // No pool of connections: a request that waits for one would be the client's delay, not the service's.
  const patient = { headersTimeout: 0, bodyTimeout: 0, connect: { timeout: 60_000 } }
  setGlobalDispatcher(new Agent({ connections: null, ...patient }))
  for (const deadline = Date.now() + READY_MS; ; await sleep(200)) {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error('The service did not start.')
    const ready = await fetch(`${address}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (ready) break
  }
  return {
    pid: child.pid!,
    dataDir,
    async analyze({ name, bytes }, retention) {
      const body = new FormData()
      body.append('file', bytes, name)
      try {
        const query = `wait=${WAIT_SECONDS}&fresh=true&retention=${retention}`
        const response = await fetch(`${address}/api/v1/analyses?${query}`, { method: 'POST', body })
        const { id = null, state = null } = (await response.json()) as { id?: string; state?: string }
        return { status: response.status, retryAfter: response.headers.get('retry-after'), id, state }
      } catch {
        return { status: 0, retryAfter: null, id: null, state: null }
      }
    },
    async erase(id) {
      const ask = () => fetch(`${address}/api/v1/analyses/${id}`, { method: 'DELETE' })
      // A kept connection may be closed by the service while it is taken up again; erasing twice does no harm.
      const response = await ask().catch(ask)
      await response.body?.cancel()
    },
    async stop() {
      if (child.exitCode !== null) return
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}

/** In a word what became of a submission. A refusal that does not say when to come back is none. */
export function outcomeOf({ status, retryAfter, state }: Answered): string {
  if (status === 200 && state === 'completed') return 'completed'
  if (status === 202) return 'not in time'
  if (status === 503 && retryAfter !== null) return 'refused'
  return `failed ${status}`
}
