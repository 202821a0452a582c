import { Session, SessionRequest } from '@unswap/contract'
import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import { audit } from '../access/audit.ts'
import type { Caller } from '../access/caller.ts'
import { isSecure, sessionCookie } from '../plugins/identity.ts'
import type { Service } from '../service.ts'
import { PROBLEMS, type Routes } from './schema.ts'

const WEEK_SECONDS = 7 * 86_400

/** Who is asking, and signing in for browsers, whose pictures and videos cannot send a key. */
export const session: Routes = async (app, { service }) => {
  const { config } = service
  const cookie = (request: FastifyRequest) => ({
    path: '/',
    httpOnly: true,
    sameSite: 'strict' as const,
    secure: isSecure(request, config.http),
  })
  const cookieName = (request: FastifyRequest) => sessionCookie(isSecure(request, config.http))

  app.get(
    '/session',
    {
      schema: {
        tags: ['access'],
        operationId: 'getSession',
        summary: 'Who is asking',
        response: { 200: Session, ...PROBLEMS },
      },
    },
    async (request) => showSession(request.caller, service),
  )

  app.post(
    '/session',
    {
      schema: {
        tags: ['access'],
        operationId: 'signIn',
        summary: 'Sign in with a key or token, kept in a cookie that scripts cannot read',
        body: SessionRequest,
        response: { 200: Session, ...PROBLEMS },
      },
    },
    async (request, reply) => {
      const caller = await app.verify(request, request.body.token)
      request.caller = caller
      await audit(service, request, 'session.create', null)
      reply.setCookie(cookieName(request), request.body.token, { ...cookie(request), maxAge: WEEK_SECONDS })
      return showSession(caller, service)
    },
  )

  app.delete(
    '/session',
    {
      schema: {
        tags: ['access'],
        operationId: 'signOut',
        summary: 'Sign out',
        response: { 204: Type.Null(), ...PROBLEMS },
      },
    },
    async (request, reply) => {
      reply.clearCookie(cookieName(request), cookie(request)).header('clear-site-data', '"cache"')
      return reply.code(204).send(null)
    },
  )
}

function showSession(caller: Caller | null, { config }: Service): Session {
  const { oidcIssuer, oidcAudience } = config.access
  return {
    kind: caller?.kind ?? 'none',
    name: caller?.name ?? null,
    scopes: caller === null ? [] : [...caller.scopes],
    oidc: oidcIssuer === '' ? null : { issuer: oidcIssuer, audience: oidcAudience },
  }
}
