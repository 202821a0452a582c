import { type DestinationStream, type Logger, pino } from 'pino'
import type { Config } from './config.ts'

/** Fields that may hold a name, a key or media. They are removed, also from objects that are logged whole. */
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
 * The log of the service, one JSON object a line. Requests are logged with id, method, route and status. URL, headers
 * and client address are left out, for they may carry names and secrets.
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

/** An error with its causes and stack, without the extra fields that libraries attach. */
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
