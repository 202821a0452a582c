import { Session, SessionRequest } from '@unswap/contract'
import type { FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'
import type { Caller } from '../access/caller.ts'
import { recordAudit } from '../access/record-audit.ts'
import type { Service } from '../boot/service.ts'
import { isSecure, sessionCookie } from '../plugins/authentication.ts'
import { PROBLEMS, type Routes } from './route-schema.ts'

const WEEK_SECONDS = 7 * 86_400
const COOKIE = { path: '/', httpOnly: true, sameSite: 'strict' } as const

/**
 * Stores a key or token in the session cookie; it is checked again with every request.
 * @returns The caller that it belongs to
 * @throws UnswapError `unauthorized` for an invalid one
 */
export async function startSession(
  service: Service,
  request: FastifyRequest,
  reply: FastifyReply,
  credential: string,
): Promise<Caller> {
  const caller = await request.server.verify(request, credential)
  request.caller = caller
  await recordAudit(service, request, 'session.create', null)
  const secure = isSecure(request, service.config.http)
  reply.setCookie(sessionCookie(secure), credential, { ...COOKIE, secure, maxAge: WEEK_SECONDS })
  return caller
}

/** Who the caller is, and signing in for browsers, which cannot send a key with pictures and videos. */
export const sessionRoutes: Routes = async (app, { service }) => {
  const { http } = service.config

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
    async (request, reply) =>
      showSession(await startSession(service, request, reply, request.body.token), service),
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
      const secure = isSecure(request, http)
      reply.clearCookie(sessionCookie(secure), { ...COOKIE, secure }).header('clear-site-data', '"cache"')
      return reply.code(204).send(null)
    },
  )
}

function showSession(caller: Caller | null, { config }: Service): Session {
  const { oidcIssuer, oidcAudience, oidcClientId } = config.access
  return {
    kind: caller?.kind ?? 'none',
    name: caller?.name ?? null,
    scopes: caller === null ? [] : [...caller.scopes],
    oidc:
      oidcIssuer === '' ? null : { issuer: oidcIssuer, audience: oidcAudience, signIn: oidcClientId !== '' },
  }
}
