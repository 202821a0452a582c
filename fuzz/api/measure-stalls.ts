import { fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { fileURLToPath } from 'node:url'
import { random } from '../fuzz-random.ts'
import { type GrowingRequest, growingRequest } from './growing-requests.ts'
import type { Cost } from './watched-service.ts'

export interface StallTally {
  requests: number
  statuses: Record<string, number>
  /**
   * The dearest requests, the dearest first. `ownMs` is the part of the stall that the process can have caused: no more
   * than its processor time. The rest of a stall is other programs on the machine.
   */
  worst: (Cost & {
    readonly ownMs: number
    readonly index: number
    readonly request: string
    readonly status: number
  })[]
}

/** On a busy machine another process may cause a stall; one that the request causes comes again. */
const TRIES = 4
const KEPT = 10
const PATIENCE_MS = 120_000
/** Without it a client closes with its request, and may not see the answer to a body that is refused early. */
const agent = new Agent({ keepAlive: true })

/** Sends requests that are large in one way, one after the other, and measures what each costs the service. */
export async function measureStalls(options: {
  requests: number
  seed: number
  /** Largest body. */
  bytes: number
  /** A stall above so many milliseconds is measured again, and the shortest counts. */
  againMs: number
}): Promise<StallTally> {
  const child = fork(fileURLToPath(new URL('./watched-service.ts', import.meta.url)), { execArgv: [] })
  const told = async (order: 'begin' | 'end') => {
    const answer = once(child, 'message')
    child.send(order)
    return (await answer)[0]
  }
  const [{ url, authorization }] = await once(child, 'message')
  const tally: StallTally = { requests: 0, statuses: {}, worst: [] }
  try {
    for (let index = 0; index < options.requests; index++) {
      const draw = random(options.seed, index)
      const one = growingRequest(draw, options.bytes)
      const headers = draw.chance(0.8) ? [...one.headers, 'authorization', authorization] : one.headers
      let least = { ownMs: Number.POSITIVE_INFINITY, stallMs: 0, processorMs: 0, status: 0 }
      for (let tries = 0; tries < TRIES && least.ownMs > options.againMs; tries++) {
        await told('begin')
        const status = await send(url, { ...one, headers })
        const cost = (await told('end')) as Cost
        const ownMs = Math.min(cost.stallMs, cost.processorMs)
        if (ownMs < least.ownMs) least = { ...cost, ownMs, status }
      }
      tally.requests++
      tally.statuses[least.status] = (tally.statuses[least.status] ?? 0) + 1
      const described = `${one.method} ${one.path.slice(0, 80)} ${one.shape}, ${one.body.length} characters`
      tally.worst.push({ ...least, index, request: described })
      tally.worst.sort((a, b) => b.ownMs - a.ownMs)
      tally.worst.length = Math.min(KEPT, tally.worst.length)
    }
  } finally {
    const ended = once(child, 'exit')
    agent.destroy()
    child.disconnect()
    await ended
  }
  return tally
}

/** The status of the answer; 0 when the connection was closed before one was read. */
function send(url: string, { method, path, headers, body }: GrowingRequest): Promise<number> {
  return new Promise((done, fail) => {
    const { hostname, port } = new URL(url)
    const length = body === '' ? [] : ['content-length', String(Buffer.byteLength(body))]
    const sending = request({
      agent,
      hostname,
      port,
      method,
      path: encodeURI(path),
      headers: ['host', 'localhost', ...length, ...headers],
      timeout: PATIENCE_MS,
    })
    sending.on('response', (answer) => {
      answer.resume().once('close', () => done(answer.statusCode!))
    })
    sending.on('timeout', () => fail(new Error(`No answer to ${method} ${path.slice(0, 100)}`)))
    sending.on('error', () => done(0))
    sending.end(body)
  })
}
