import { SCOPES, type Scope, UnswapError } from '@unswap/contract'
import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose'
import type { Config } from '../config.ts'
import { type Caller, expandScopes } from './caller.ts'

/** Turns a bearer token into a caller, or refuses it. */
export type VerifyToken = (token: string) => Promise<Caller>

/** Asymmetric signatures alone: with these, who can check a token cannot make one. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']

/**
 * A verifier of the issuer’s tokens (signature, issuer, audience, time), or null when no issuer is configured.
 * The issuer’s keys are fetched when the first token comes, by discovery unless their address is configured.
 */
export function tokenVerifier(access: Config['access']): VerifyToken | null {
  if (access.oidcIssuer === '') return null
  let keys: Promise<JWTVerifyGetKey> | null = null
  return async (token) => {
    keys ??= findKeys(access)
    let resolved: JWTVerifyGetKey
    try {
      resolved = await keys
    } catch (cause) {
      keys = null
      throw unreachable(cause)
    }
    try {
      const { payload } = await jwtVerify(token, reaching(resolved), {
        issuer: access.oidcIssuer,
        audience: access.oidcAudience,
        algorithms: ALGORITHMS,
        requiredClaims: ['sub', 'exp'],
        clockTolerance: 30,
      })
      return toCaller(payload, access)
    } catch (cause) {
      if (cause instanceof UnswapError) throw cause
      if (cause instanceof errors.JWTExpired) {
        throw new UnswapError('unauthorized', 'The token has expired; sign in again.', { cause })
      }
      throw new UnswapError('unauthorized', 'The token is not valid here; sign in again.', { cause })
    }
  }
}

/** An issuer that does not answer says nothing about the token: its bearer is to come back, not to sign in again. */
const unreachable = (cause: unknown) =>
  new UnswapError('overloaded', 'The issuer of tokens cannot be reached now; try again.', { cause })

/** Keys that were fetched, and none of them fits the token. */
const UNFIT = [errors.JWKSNoMatchingKey, errors.JWKSMultipleMatchingKeys, errors.JOSENotSupported]

const reaching =
  (keys: JWTVerifyGetKey): JWTVerifyGetKey =>
  async (header, token) => {
    try {
      return await keys(header, token)
    } catch (cause) {
      throw UNFIT.some((kind) => cause instanceof kind) ? cause : unreachable(cause)
    }
  }

async function findKeys(access: Config['access']): Promise<JWTVerifyGetKey> {
  if (access.oidcJwksUrl !== '') return createRemoteJWKSet(new URL(access.oidcJwksUrl))
  const issuer = access.oidcIssuer.replace(/\/$/, '')
  const answer = await fetch(`${issuer}/.well-known/openid-configuration`, {
    signal: AbortSignal.timeout(5000),
  })
  const found = (await answer.json()) as { issuer?: string; jwks_uri?: string }
  if (!answer.ok || found.issuer !== access.oidcIssuer || !found.jwks_uri)
    throw new Error('no discovery document')
  return createRemoteJWKSet(new URL(found.jwks_uri))
}

function toCaller(payload: JWTPayload, access: Config['access']): Caller {
  let claim: unknown = payload
  for (const part of access.oidcRolesClaim.split('.'))
    claim = (claim as Record<string, unknown> | undefined)?.[part]
  const named = typeof claim === 'string' ? claim.split(/[\s,]+/) : Array.isArray(claim) ? claim : []
  const scopes = SCOPES.filter((scope: Scope) => named.includes(scope) || named.includes(`unswap:${scope}`))
  const name = [payload.name, payload.preferred_username, payload.email].find(
    (one) => typeof one === 'string',
  )
  return {
    kind: 'user',
    id: `user:${payload.sub}`,
    name: (name as string | undefined) ?? payload.sub!,
    scopes: expandScopes(scopes.length > 0 ? scopes : access.oidcDefaultScopes),
    requestsPerMinute: null,
    analysesPerDay: null,
  }
}
