import { UnswapError } from '@unswap/contract'
import type { FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'
import Value from 'typebox/value'
import { type IssuerSignIn, openIssuerSignIn } from '../access/issuer-sign-in.ts'
import { cookieName, isSecure } from '../plugins/authentication.ts'
import { described, type Routes } from './route-schema.ts'
import { startSession } from './session-routes.ts'

const MINUTES = 10
const PendingSignIn = Type.Object({ state: Type.String(), nonce: Type.String(), verifier: Type.String() })
const MOVED = described({ 303: { description: 'go on at `location`', type: 'null' } })

/** Signing in at the organisation's issuer: sends the browser there, and starts a session when it comes back. */
export const signInRoutes: Routes = async (app, { service }) => {
  const { config, log } = service
  const issuer = openIssuerSignIn(config.access)
  const callback = (request: FastifyRequest) =>
    `${config.http.publicUrl || `${request.protocol}://${request.host}`}/api/v1/session/callback`
  const cookieOf = (request: FastifyRequest) => cookieName('departure', isSecure(request, config.http))
  // `lax`: the cookie must be sent when the issuer, another site, redirects back here.
  const cookieOptions = (request: FastifyRequest) => ({
    path: '/',
    httpOnly: true,
    sameSite: 'lax' as const,
    secure: isSecure(request, config.http),
  })

  // A person waits for a page here, not for JSON. The reason is in the log for the operator.
  const fail = (reply: FastifyReply, cause: unknown) => {
    log.warn({ err: cause }, 'nobody signed in')
    return reply.redirect('/sign-in?failed=true', 303)
  }

  app.get(
    '/session/start',
    {
      schema: {
        tags: ['access'],
        operationId: 'startSignIn',
        summary: 'Sign in at the organisation’s issuer: a page to open in a browser',
        response: MOVED,
      },
    },
    async (request, reply) => {
      const { begin } = required(issuer)
      try {
        const { address, pending } = await begin(callback(request))
        const lasting = { ...cookieOptions(request), maxAge: MINUTES * 60 }
        reply.setCookie(cookieOf(request), JSON.stringify(pending), lasting)
        return reply.redirect(address.href, 303)
      } catch (cause) {
        return fail(reply, cause)
      }
    },
  )

  app.get(
    '/session/callback',
    {
      schema: {
        tags: ['access'],
        operationId: 'finishSignIn',
        summary: 'Where the issuer leads the browser back to',
        response: MOVED,
      },
    },
    async (request, reply) => {
      const { finish } = required(issuer)
      const pending = request.cookies[cookieOf(request)]
      reply.clearCookie(cookieOf(request), cookieOptions(request))
      try {
        const arrived = new URL(callback(request))
        arrived.search = new URL(request.url, arrived).search
        await startSession(service, request, reply, await finish(arrived, read(pending)))
        return reply.redirect('/', 303)
      } catch (cause) {
        return fail(reply, cause)
      }
    },
  )
}

function required(issuer: IssuerSignIn | null): IssuerSignIn {
  if (issuer !== null) return issuer
  throw new UnswapError('not_found', 'This service has no sign-in at an issuer: use a key or a token.')
}

function read(cookie: string | undefined) {
  const pending: unknown = cookie === undefined ? null : JSON.parse(cookie)
  if (Value.Check(PendingSignIn, pending)) return pending
  throw new UnswapError('unauthorized', 'The sign-in took too long, or began in another browser; try again.')
}
