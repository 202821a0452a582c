import type { IncomingMessage } from 'node:http'
import { UnswapError } from '@unswap/contract'
import type { FastifyError, FastifyInstance } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import { Refusal, toProblem } from '../to-problem.ts'
import { preferTooManyFailures } from './failed-credentials.ts'

/** Codes for the errors of Fastify, its plugins and Node's HTTP parser. All are caused by the caller. */
const KNOWN: Readonly<Record<string, readonly [UnswapError['code'], string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['limit_bytes', 'The body is larger than this address takes.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['body_type', 'This address does not take that content type.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['body_malformed', 'The body is empty; send JSON.'],
  FST_ERR_CTP_INVALID_JSON_BODY: ['body_malformed', 'The body is not JSON.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [
    'body_malformed',
    'The body is not as long as its content-length says.',
  ],
  FST_ERR_BAD_URL: ['body_malformed', 'The address is malformed; percent-encode it.'],
  FST_ERR_MAX_PARAM_LENGTH: ['not_found', 'There is nothing at this address.'],
  FST_REQ_FILE_TOO_LARGE: ['limit_bytes', 'The file is larger than the service takes.'],
  FST_PARTS_LIMIT: ['body_malformed', 'The form has too many parts.'],
  FST_FIELDS_LIMIT: ['body_malformed', 'The form has too many fields.'],
  FST_FILES_LIMIT: ['body_malformed', 'The form has too many files.'],
  FST_INVALID_MULTIPART_CONTENT_TYPE: ['body_type', 'The body is not multipart/form-data.'],
  FST_PROTO_VIOLATION: ['body_malformed', 'A field of the form has a name that is not allowed.'],
  FST_NONMULTIPART: ['body_type', 'The body is not multipart/form-data.'],
  ECONNRESET: ['body_malformed', 'The connection ended before the body did.'],
  ERR_STREAM_PREMATURE_CLOSE: ['body_malformed', 'The connection ended before the body did.'],
}

/** Milliseconds for which the rest of a refused body is read, so that the sender sees the answer. */
const DROPPED_MILLISECONDS = 2000

/** Value of `retry-after` when nobody knows how long the trouble lasts. */
const OUTAGE_SECONDS = 5

/** Answers every error as problem+json. Unknown errors become a 500 without any internal detail. */
export const errorHandler = fastifyPlugin(async (app: FastifyInstance) => {
  app.setNotFoundHandler((request) => {
    throw new UnswapError('not_found', `There is nothing at ${request.method} ${request.url.split('?')[0]}.`)
  })
  app.setErrorHandler((thrown: FastifyError | UnswapError, request, reply) => {
    const error = preferTooManyFailures(translateError(thrown), request)
    const problem = toProblem(error, request.id, error instanceof Refusal ? error.errors : undefined)
    if (problem.status >= 500) request.log.error({ err: thrown }, 'request failed')
    else request.log.info({ code: problem.code }, 'request refused')
    const told = error instanceof Refusal ? error.retryAfterSeconds : undefined
    const retryAfter = told ?? (problem.status === 503 ? OUTAGE_SECONDS : undefined)
    if (retryAfter !== undefined) reply.header('retry-after', Math.max(1, Math.ceil(retryAfter)))
    if (problem.status === 401) reply.header('www-authenticate', 'Bearer realm="unswap"')
    dropBody(request.raw)
    return reply.code(problem.status).type('application/problem+json').send(problem)
  })
})

/**
 * Discards the rest of a refused body for a short time. If the connection were closed while the sender still writes,
 * it would be reset and the answer lost.
 */
export function dropBody(request: IncomingMessage): void {
  if (request.readableEnded) return
  request.unpipe()
  // Whoever read the body may still wait for its next piece, and a stream with such a reader does not flow.
  request.removeAllListeners('readable')
  setImmediate(() => request.resume())
  const timer = setTimeout(() => request.socket.destroy(), DROPPED_MILLISECONDS)
  for (const event of ['end', 'close'] as const) request.once(event, () => clearTimeout(timer))
}

/** Translates errors of Fastify into Unswap's codes; unknown errors are returned unchanged. */
export function translateError(thrown: unknown): unknown {
  if (thrown instanceof UnswapError || !isFastifyError(thrown)) return thrown
  if ('validation' in thrown && thrown.validation) {
    const part = thrown.validationContext ?? 'body'
    const wrong = thrown.validation.map(({ instancePath, message }) => ({
      path: `${part}${instancePath}`,
      message: message ?? 'is wrong',
    }))
    const said = wrong.slice(0, 5).map(({ path, message }) => `${path} ${message}`)
    const code = part === 'params' ? 'not_found' : 'body_invalid'
    return new Refusal(code, `The request is wrong: ${said.join('; ')}.`, { errors: wrong.slice(0, 20) })
  }
  const known = KNOWN[thrown.code]
  if (known) return new UnswapError(known[0], known[1], { cause: thrown })
  const status = thrown.statusCode ?? 500
  if (status === 413) return new UnswapError('limit_bytes', 'The request is too large.', { cause: thrown })
  if (status >= 400 && status < 500) {
    return new UnswapError('body_malformed', `The request cannot be read: ${thrown.message}`, {
      cause: thrown,
    })
  }
  return thrown
}

const isFastifyError = (thrown: unknown): thrown is FastifyError =>
  thrown instanceof Error && 'code' in thrown
