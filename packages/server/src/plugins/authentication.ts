import cookie from '@fastify/cookie'
import { UnswapError } from '@unswap/contract'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import { type Caller, expandScopes } from '../access/caller.ts'
import type { Config } from '../config.ts'
import { isLoopback } from '../fetch/ip-address.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The caller; null for an unknown one. */
    caller: Caller | null
  }
}

export interface AuthenticationOptions {
  readonly config: Pick<Config, 'access' | 'http'>
}

/** Name of a cookie. With the prefix `__Host-` browsers accept it over HTTPS only, and from this host only. */
export const cookieName = (name: string, secure: boolean): string =>
  `${secure ? '__Host-' : ''}unswap_${name}`

export const sessionCookie = (secure: boolean): string => cookieName('session', secure)

/** Whether the request came over HTTPS, as far as the service can know. */
export const isSecure = (request: FastifyRequest, http: Pick<Config['http'], 'publicUrl'>): boolean =>
  request.protocol === 'https' || http.publicUrl.startsWith('https:')

/**
 * Finds the caller before the body is read. A credential in `Authorization` or `X-API-Key` must be valid. What
 * browsers send by themselves (a cookie, a loopback address) counts only for pages of the service, so that other
 * sites cannot act for a user. Needs `failedCredentials`.
 */
export const authentication = fastifyPlugin(async (app: FastifyInstance, options: AuthenticationOptions) => {
  const { access, http } = options.config
  await app.register(cookie)
  app.decorateRequest('caller', null)

  app.addHook('onRequest', async (request) => {
    const credential = explicitCredential(request)
    if (credential !== null) {
      request.caller = await app.verify(request, credential)
      return
    }
    if (!isSameSite(request, http)) return
    const session = request.cookies[sessionCookie(isSecure(request, http))]
    // An expired session must not stop its user from signing in again.
    if (session) request.caller = await app.verify(request, session).catch(() => null)
    if (request.caller === null && allowsAnonymous(request, options.config)) {
      request.caller = {
        kind: 'anonymous',
        id: 'anonymous',
        name: 'anonymous',
        scopes: expandScopes(access.anonymousScopes),
        requestsPerMinute: null,
        analysesPerDay: null,
      }
    }
  })
})

function explicitCredential(request: FastifyRequest): string | null {
  const { authorization, 'x-api-key': key } = request.headers
  if (typeof key === 'string') return key
  if (authorization === undefined) return null
  const bearer = /^Bearer +(\S+)$/i.exec(authorization)?.[1]
  if (bearer === undefined)
    throw new UnswapError('unauthorized', 'Send the key as "Authorization: Bearer usk_…".')
  return bearer
}

/** False when the browser says that another site's page made the request, and that site is not in `corsOrigins`. */
function isSameSite(request: FastifyRequest, http: Config['http']): boolean {
  const { origin, host } = request.headers
  if (origin === undefined) return request.headers['sec-fetch-site'] !== 'cross-site' || isNavigation(request)
  if (http.corsOrigins.includes(origin)) return true
  const page = URL.parse(origin)
  // Both are parsed, so that a default port may be written or not.
  return page !== null && page.host === URL.parse(`${page.protocol}//${host}`)?.host
}

/** A link from another site is allowed: it only reads, and that site does not see the answer. */
const isNavigation = (request: FastifyRequest) =>
  request.method === 'GET' && request.headers['sec-fetch-mode'] === 'navigate'

function allowsAnonymous(
  request: FastifyRequest,
  { access, http }: AuthenticationOptions['config'],
): boolean {
  if (access.anonymous === 'anyone') return true
  if (access.anonymous === 'never' || !isLoopback(request.ip)) return false
  // Behind a proxy that is not configured, every caller would seem to be on this machine.
  const forwarded = request.headers['x-forwarded-for'] ?? request.headers.forwarded
  if (forwarded !== undefined && http.trustedProxies.length === 0) return false
  // Against DNS rebinding: a foreign name that resolves to this machine is not accepted.
  const name = URL.parse(`http://${request.headers.host ?? 'localhost'}`)?.hostname ?? ''
  const own = http.publicUrl === '' ? null : URL.parse(http.publicUrl)?.hostname
  return (
    name === own ||
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    isLoopback(name.replace(/^\[|\]$/g, ''))
  )
}
