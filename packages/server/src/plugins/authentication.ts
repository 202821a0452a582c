import cookie from '@fastify/cookie'
import { UnswapError } from '@unswap/contract'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import { type Caller, expandScopes } from '../access/caller.ts'
import type { Config } from '../config.ts'
import { isLoopback } from '../fetch/ip-address.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who is asking; null when nobody that the service knows. */
    caller: Caller | null
  }
}

export interface AuthenticationOptions {
  readonly config: Pick<Config, 'access' | 'http'>
}

/** Name of a cookie. The prefix lets browsers take it over HTTPS alone, and from no other host of the domain. */
export const cookieName = (name: string, secure: boolean): string =>
  `${secure ? '__Host-' : ''}unswap_${name}`

export const sessionCookie = (secure: boolean): string => cookieName('session', secure)

/** Whether the caller came over HTTPS, as far as the service knows. */
export const isSecure = (request: FastifyRequest, http: Pick<Config['http'], 'publicUrl'>): boolean =>
  request.protocol === 'https' || http.publicUrl.startsWith('https:')

/**
 * Finds out who asks, before anything of the body is read. What is sent on purpose (`Authorization`, `X-API-Key`)
 * must be right; what a browser sends by itself (cookie, being on this machine) counts for the service’s own pages
 * alone, so that no other page can act in somebody’s name. Needs `attempts`.
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
    // A cookie that has gone stale must not lock its owner out of signing in again.
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

/** False when a browser says that a page of another site, not on the list of origins, made the request. */
function isSameSite(request: FastifyRequest, http: Config['http']): boolean {
  const { origin, host } = request.headers
  if (origin === undefined) return request.headers['sec-fetch-site'] !== 'cross-site' || isNavigation(request)
  if (http.corsOrigins.includes(origin)) return true
  const page = URL.parse(origin)
  // Parsed alike, so that a default port counts the same whether it is written or not.
  return page !== null && page.host === URL.parse(`${page.protocol}//${host}`)?.host
}

/** Following a link from elsewhere is fine: it reads, and the other page sees nothing of the answer. */
const isNavigation = (request: FastifyRequest) =>
  request.method === 'GET' && request.headers['sec-fetch-mode'] === 'navigate'

function allowsAnonymous(
  request: FastifyRequest,
  { access, http }: AuthenticationOptions['config'],
): boolean {
  if (access.anonymous === 'anyone') return true
  if (access.anonymous === 'never' || !isLoopback(request.ip)) return false
  // Behind a proxy that nobody configured, every caller would look like this machine.
  const forwarded = request.headers['x-forwarded-for'] ?? request.headers.forwarded
  if (forwarded !== undefined && http.trustedProxies.length === 0) return false
  // A foreign name that was made to resolve to this machine (DNS rebinding) is not this machine’s own.
  const name = URL.parse(`http://${request.headers.host ?? 'localhost'}`)?.hostname ?? ''
  const own = http.publicUrl === '' ? null : URL.parse(http.publicUrl)?.hostname
  return (
    name === own ||
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    isLoopback(name.replace(/^\[|\]$/g, ''))
  )
}
