import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { Problem } from '@unswap/contract'
import { Ajv } from 'ajv'
import { expect } from 'vitest'

export interface AskOptions {
  /** Certificate to trust. */
  readonly ca: string
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: Buffer | string
  /** Address to call from. */
  readonly from?: string
}

export interface Answer {
  readonly status: number
  readonly headers: NodeJS.Dict<string[]>
  readonly text: string
  readonly bytes: Buffer
}

/** Sends one HTTPS request. Resolves when the answer's headers have arrived; its body is unread. */
export async function open(url: string, options: AskOptions): Promise<IncomingMessage> {
  const { ca, method = 'GET', headers = {}, body, from } = options
  const sent = request(url, {
    ca,
    method,
    headers,
    agent: false,
    ...(from ? { localAddress: from, family: 4 } : {}),
  })
  // If the service refuses the body half-way, sending fails after the answer. Only the answer matters.
  const answered = once(sent, 'response') as Promise<[IncomingMessage]>
  sent.on('error', () => undefined)
  sent.end(body)
  return (await answered)[0]
}

/** One HTTPS request. Repeated headers of the answer are kept. */
export async function ask(url: string, options: AskOptions): Promise<Answer> {
  const answer = await open(url, options)
  const bytes = Buffer.concat(await answer.toArray())
  return {
    status: answer.statusCode!,
    headers: answer.headersDistinct,
    text: bytes.toString(),
    bytes,
  }
}

/** A multipart form with one file: its bytes and its Content-Type. */
export async function formBytes(form: FormData): Promise<{ body: Buffer; headers: Record<string, string> }> {
  const whole = new Response(form)
  return {
    body: Buffer.from(await whole.arrayBuffer()),
    headers: { 'content-type': whole.headers.get('content-type')! },
  }
}

/** The problem that an answer holds, checked against its schema. */
export const problemOf = (answer: Answer): Problem => {
  const problem = JSON.parse(answer.text)
  expect(new Ajv({ strict: false, validateFormats: false }).validate(Problem, problem)).toBe(true)
  expect(answer.headers['content-type']).toEqual([expect.stringContaining('application/problem+json')])
  return problem
}
