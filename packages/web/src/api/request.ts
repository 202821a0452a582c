import type { Problem } from '@unswap/contract'
import { reportLost } from '../connection/connection.ts'
import { text } from '../text/text.ts'

/** A refusal or failure that the service explained, or that it could not be reached. */
export class ServiceError extends Error {
  readonly problem: Problem | null
  /** Whether there was no answer at all. */
  readonly lost: boolean

  constructor(problem: Problem | null, lost = false) {
    super(problem?.detail ?? text.errors.network)
    this.name = 'ServiceError'
    this.problem = problem
    this.lost = lost
  }

  get status(): number {
    return this.problem?.status ?? 0
  }
}

function readProblem(body: string): Problem | null {
  try {
    const value = JSON.parse(body) as Problem
    return typeof value.detail === 'string' ? value : null
  } catch {
    return null
  }
}

/** Answers of a proxy whose service does not answer it. */
const FROM_PROXY = [502, 503, 504]

/** The error for no answer; everything that waits for the service is told. */
export function lostError(): ServiceError {
  reportLost()
  return new ServiceError(null, true)
}

/** The error for an answer that is no success. */
export function refusalOf(status: number, body: string): ServiceError {
  const problem = readProblem(body)
  return problem === null && FROM_PROXY.includes(status) ? lostError() : new ServiceError(problem)
}

interface RequestOptions {
  readonly method?: string
  readonly body?: unknown
  readonly signal?: AbortSignal
  /** The request is sent even when the page is left meanwhile; its body may have 64 KB. */
  readonly keepalive?: boolean
}

async function ask(path: string, options: RequestOptions): Promise<Response> {
  let answer: Response
  try {
    answer = await fetch(path, {
      method: options.method ?? 'GET',
      credentials: 'same-origin',
      keepalive: options.keepalive ?? false,
      ...(options.signal ? { signal: options.signal } : {}),
      ...(options.body === undefined
        ? {}
        : { body: JSON.stringify(options.body), headers: { 'content-type': 'application/json' } }),
    })
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause
    throw lostError()
  }
  if (!answer.ok) throw refusalOf(answer.status, await answer.text())
  return answer
}

/** Asks the service and reads its JSON. @throws ServiceError */
export async function request<T>(path: string, options: RequestOptions = {}): Promise<T> {
  const body = await (await ask(path, options)).text()
  return (body ? JSON.parse(body) : undefined) as T
}

/** A file of the service, whole, and the number of its rows where it has some. @throws ServiceError */
export async function download(
  path: string,
  options: RequestOptions = {},
): Promise<{ file: Blob; rows: number }> {
  const answer = await ask(path, options)
  try {
    return { file: await answer.blob(), rows: Number(answer.headers.get('unswap-rows') ?? 0) }
  } catch {
    // The connection broke before the end: half a file is none.
    throw lostError()
  }
}
