import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { UnswapError } from '@unswap/contract'
import fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifySchemaCompiler,
  LogController,
} from 'fastify'
import type { TSchema } from 'typebox'
import Value from 'typebox/value'
import { findExcess, listFaults } from '../intake/check-schema.ts'
import { JSON_BYTES } from '../intake/read-json.ts'
import { toProblem } from '../to-problem.ts'
import type { Service } from './service.ts'

/** A caller's `x-request-id` is kept when it looks like this; otherwise one is generated. */
const REQUEST_ID = /^[A-Za-z0-9._-]{8,64}$/

/** Checks queries, headers and bodies; all but bodies are text, which is converted first. */
const compileValidator: FastifySchemaCompiler<TSchema> =
  ({ schema, httpPart }) =>
  (given) => {
    const excess = findExcess(schema, given)
    if (excess !== null) return { error: [excess] as never }
    const value = httpPart === 'body' ? given : Value.Convert(schema, given)
    const faults = listFaults(schema, value)
    return faults.length === 0 ? { value } : { error: faults as never }
  }

/** Fastify with the service's timeouts, request ids and schema compilers, without any route. */
export function createFastify({ config, log }: Service) {
  const { http } = config
  const app = fastify({
    loggerInstance: log,
    // plugins/request-log.ts writes one line for each answer instead.
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: http.trustedProxies.length > 0 ? [...http.trustedProxies] : false,
    genReqId: ({ headers }) => {
      const given = headers['x-request-id']
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID()
    },
    bodyLimit: JSON_BYTES,
    requestTimeout: http.uploadSeconds * 1000,
    keepAliveTimeout: 72_000,
    http: { headersTimeout: 20_000 },
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 512 },
    frameworkErrors: (error, request, reply) => {
      const malformed = new UnswapError('body_malformed', 'The address is malformed; percent-encode it.', {
        cause: error,
      })
      const problem = toProblem(malformed, request.id)
      const answer = reply as unknown as FastifyReply
      void answer.code(problem.status).type('application/problem+json').send(problem)
    },
    clientErrorHandler: answerMalformedHttp,
  }).withTypeProvider<TypeBoxTypeProvider>()
  app.setValidatorCompiler(compileValidator)
  // No compiled serialisers: they are slow and wrong for unions of objects. Answers are built field by field, and the
  // tests check them against their schemas.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data))
  return app as unknown as FastifyInstance
}

/** Answers what is not valid HTTP, or came too slowly to become a request. */
function answerMalformedHttp(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const slow = error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
  const large = error.code === 'HPE_HEADER_OVERFLOW'
  const problem = toProblem(
    slow
      ? new UnswapError('body_timeout', 'The request was too slow; send it again.')
      : new UnswapError(
          'body_malformed',
          large ? 'The headers are too large.' : 'This is not a valid HTTP request.',
        ),
  )
  const body = JSON.stringify(problem)
  const status = slow ? '408 Request Timeout' : '400 Bad Request'
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  )
}
