import { type DestinationStream, type Logger, pino } from 'pino'
import type { Config } from './config.ts'

/** Places where a name, a key or media could stand; they are cut out even when somebody logs the whole object. */
const HIDDEN = [
  'headers',
  'authorization',
  'cookie',
  'secret',
  'token',
  'password',
  'url',
  'name',
  'filename',
  'base64',
  'body',
  'pixels',
  'data',
  'comment',
]

/**
 * The service’s log, one JSON object a line. A request is logged by id, method, route and status: not by its
 * address (which may carry names), its headers or its caller’s address.
 */
export function createLog(level: Config['observe']['logLevel'], destination?: DestinationStream): Logger {
  return pino(
    {
      level,
      base: { service: 'unswap' },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: HIDDEN.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), remove: true },
      serializers: {
        req: (request: { method: string; routeOptions?: { url?: string } }) => ({
          method: request.method,
          route: request.routeOptions?.url,
        }),
        res: (reply: { statusCode: number }) => ({ status: reply.statusCode }),
        err: describeError,
      },
    },
    ...(destination ? [destination] : []),
  )
}

/** An error with its causes and where it was thrown, but without the fields that libraries hang on it. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: String(error) }
  const { code } = error as { code?: unknown }
  return {
    type: error.name,
    ...(code === undefined ? {} : { code }),
    message: error.message,
    stack: error.stack,
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  }
}
