import fc from 'fast-check'
import Value from 'typebox/value'
import { form, picture, runTestService } from '../../packages/server/test/running/test-service.ts'
import { type Operation, readOperations } from './api-operations.ts'
import { type Known, type Request, requests } from './api-requests.ts'

export interface ApiTally {
  requests: number
  statuses: Record<string, number>
  failures: string[]
}

/** Longest time in which an answer must be there; streams of events end with their analysis. */
const PATIENCE_MS = 30_000

/** Requests of every operation to the whole service on loopback; each answer is held against its description. */
export async function fuzzApi(options: {
  perOperation: number
  seed: number
  /** Address of PostgreSQL; SQLite by default. */
  database?: string
}): Promise<ApiTally> {
  const database = { url: options.database ?? '' }
  const running = await runTestService({
    listen: true,
    config: { database, access: { requestsPerMinute: 0 } },
  })
  const tally: ApiTally = { requests: 0, statuses: {}, failures: [] }
  try {
    const admin = (await running.key('analyze', 'read', 'feedback', 'admin')).authorization
    const few = (await running.key('read')).authorization
    const known: Known = {
      ids: await prepare(running.url, admin),
      credentials: [
        admin,
        admin,
        admin,
        admin,
        few,
        few,
        null,
        'Bearer x',
        `Bearer ${'y'.repeat(3000)}`,
        'Basic Og==',
      ],
      media: [await picture(), await picture(48, 64), Buffer.from('no media'), Buffer.alloc(0)],
    }
    for (const operation of readOperations()) {
      const chosen = fc.sample(requests(operation, known), {
        numRuns: options.perOperation,
        seed: options.seed,
      })
      for (const request of chosen) {
        const { status, flaw } = await ask(running.url, operation, request)
        tally.requests++
        tally.statuses[status] = (tally.statuses[status] ?? 0) + 1
        if (flaw !== null) tally.failures.push(`${describe(request)}: ${flaw}`)
      }
    }
    await running.idle()
  } finally {
    await running.close()
  }
  return tally
}

/** Analyses that ended well and badly, a batch and a key, to be asked for. */
async function prepare(url: string, authorization: string): Promise<string[]> {
  const ids: string[] = []
  const post = async (path: string, init: RequestInit) => {
    const answer = await fetch(`${url}${path}`, { method: 'POST', ...init })
    ids.push(((await answer.json()) as { id: string }).id)
  }
  for (const file of [
    await picture(),
    await picture(30, 60),
    Buffer.from('\x89PNG\r\n\x1a\nbroken', 'latin1'),
  ]) {
    await post('/api/v1/analyses?wait=20', { body: form({ file }), headers: { authorization } })
  }
  await post('/api/v1/batches', { body: form({ files: [await picture()] }), headers: { authorization } })
  const json = { authorization, 'content-type': 'application/json' }
  await post('/api/v1/keys', { body: JSON.stringify({ name: 'spare', scopes: ['read'] }), headers: json })
  return ids.filter((id) => id !== undefined)
}

async function ask(
  url: string,
  operation: Operation,
  { method, url: path, headers, body }: Request,
): Promise<{ status: number; flaw: string | null }> {
  try {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers,
      body: body instanceof Buffer ? new Uint8Array(body) : body,
      redirect: 'manual',
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
    const text = await answer.text()
    return { status: answer.status, flaw: flawOf(operation, answer, text, path) }
  } catch (error) {
    const { name, message, cause } = error as Error
    // Who is refused before the body is read may find the connection closed while still writing it.
    if ((cause as { code?: string } | undefined)?.code === 'EPIPE' && body !== null)
      return { status: 401, flaw: null }
    return { status: 0, flaw: `no answer: ${name} ${message} ${(cause as Error | undefined)?.message ?? ''}` }
  }
}

function flawOf(operation: Operation, answer: Response, text: string, path: string): string | null {
  const { status } = answer
  const start = text.slice(0, 300)
  if (status >= 500 && status !== 503) return `status ${status}: ${start}`
  if (/\n\s+at .+:\d+|node:internal|node_modules|\.ts:\d/.test(text)) return `a stack: ${start}`
  // A path that was strained can lead to another operation, or nowhere.
  if (status === 404 && decodeURIComponent(path).includes('..')) return null
  const { responses } = operation
  const described = responses[status] ?? responses[`${Math.floor(status / 100)}XX`]
  if (described === undefined)
    return NOT_MODIFIED.includes(status) ? null : `status ${status} is not described`
  const type = (answer.headers.get('content-type') ?? '').split(';')[0]!.trim()
  const content = Object.entries(described.content ?? {})
  if (content.length === 0 || (text === '' && type === ''))
    return text === '' ? null : `a body where none is described: ${start}`
  const found = content.find(
    ([name]) => name === type || (name.endsWith('/*') && type.startsWith(name.slice(0, -1))),
  )
  if (found === undefined) return `${status} of type ${type || 'none'} is not described: ${start}`
  const schema = found[1].schema
  if (!type.endsWith('json') || schema === undefined) return null
  const [flaw] = Value.Errors(schema as object, JSON.parse(text))
  return flaw ? `${status} ${flaw.instancePath} ${flaw.message}: ${start}` : null
}

/** Freshness is HTTP's own affair (RFC 9110, 13). */
const NOT_MODIFIED = [304]

const describe = ({ method, url, headers, body }: Request) =>
  `${method} ${url.slice(0, 300)} ${JSON.stringify({ ...headers, authorization: undefined })} ${
    body instanceof FormData
      ? JSON.stringify([...body].map(([name, one]) => [name, String(one)]))
      : String(body)
  }`.slice(0, 900)
