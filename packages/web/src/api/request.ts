import type { Problem } from '@unswap/contract'
import { text } from '../text/text.ts'

/** A refusal or failure that the service explained, or that it could not be reached. */
export class ServiceError extends Error {
  readonly problem: Problem | null

  constructor(problem: Problem | null) {
    super(problem?.detail ?? text.errors.network)
    this.name = 'ServiceError'
    this.problem = problem
  }

  get status(): number {
    return this.problem?.status ?? 0
  }
}

export function readProblem(body: string): Problem | null {
  try {
    const value = JSON.parse(body) as Problem
    return typeof value.detail === 'string' ? value : null
  } catch {
    return null
  }
}

/** Asks the service and reads its JSON. @throws ServiceError */
export async function request<T>(
  path: string,
  options: { method?: string; body?: unknown; signal?: AbortSignal } = {},
): Promise<T> {
  let answer: Response
  try {
    answer = await fetch(path, {
      method: options.method ?? 'GET',
      credentials: 'same-origin',
      ...(options.signal ? { signal: options.signal } : {}),
      ...(options.body === undefined
        ? {}
        : { body: JSON.stringify(options.body), headers: { 'content-type': 'application/json' } }),
    })
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause
    throw new ServiceError(null)
  }
  const body = await answer.text()
  if (!answer.ok) throw new ServiceError(readProblem(body))
  return (body ? JSON.parse(body) : undefined) as T
}
