import { SCOPES, type Scope, UnswapError } from '@unswap/contract'
import {
  createRemoteJWKSet,
  customFetch,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose'
import type { Config } from '../config.ts'
import { createIssuerFetch, type IssuerFetch } from './ask-issuer.ts'
import { type Caller, expandScopes } from './caller.ts'

/**
 * Finds the caller behind a bearer token.
 * @throws UnswapError `unauthorized`, `overloaded`
 */
export type VerifyToken = (token: string) => Promise<Caller>

/** Only asymmetric signatures: who can check such a token cannot make one. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']

/**
 * Checks tokens of the issuer: signature, issuer, audience and time. Null when no issuer is configured. The issuer's
 * keys are fetched with the first token, from `oidcJwksUrl` or by discovery.
 * @param now A clock in milliseconds, for the pause after the issuer has failed
 */
export function createTokenVerifier(
  access: Config['access'],
  now: () => number = Date.now,
): VerifyToken | null {
  if (access.oidcIssuer === '') return null
  const ask = createIssuerFetch(now)
  let keys: Promise<JWTVerifyGetKey> | null = null
  return async (token) => {
    keys ??= findKeys(access, ask)
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
        // Tokens of the page's own sign-in have its client as audience.
        audience: [access.oidcAudience, access.oidcClientId].filter(Boolean),
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

/**
 * The error when the issuer does not answer. The token may be good, so its bearer should try again, not sign in
 * again.
 */
const unreachable = (cause: unknown) =>
  new UnswapError('overloaded', 'The issuer of tokens cannot be reached now; try again.', { cause })

/** Errors of jose that mean: the keys were fetched, and none fits the token. */
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

async function findKeys(access: Config['access'], ask: IssuerFetch): Promise<JWTVerifyGetKey> {
  const isKeySet = ({ keys }: Record<string, unknown>) =>
    Array.isArray(keys) && keys.every((one) => typeof one === 'object' && one !== null)
  const from = (url: string) =>
    createRemoteJWKSet(new URL(url), { [customFetch]: (url, options) => ask(url, isKeySet, options) })
  if (access.oidcJwksUrl !== '') return from(access.oidcJwksUrl)
  const issuer = access.oidcIssuer.replace(/\/$/, '')
  const answer = await ask(
    `${issuer}/.well-known/openid-configuration`,
    (found) => found.issuer === access.oidcIssuer && URL.canParse(String(found.jwks_uri)),
  )
  const found = (await answer.json()) as { jwks_uri: string }
  return from(found.jwks_uri)
}

/** A subject that identifies a user and can be stored: 1 to 255 characters, none of them a control character. */
const SUBJECT = /^[^\p{Cc}\p{Cs}]{1,255}$/u
/** Control characters, invisible ones and lone surrogates; some of them reverse the text around a name. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}]/gu

function toCaller(payload: JWTPayload, access: Config['access']): Caller {
  const { sub } = payload as { sub: unknown }
  if (typeof sub !== 'string' || !SUBJECT.test(sub))
    throw new UnswapError('unauthorized', 'The token names nobody: its subject is not 1 to 255 characters.')
  let claim: unknown = payload
  for (const part of access.oidcRolesClaim.split('.'))
    claim = (claim as Record<string, unknown> | undefined)?.[part]
  const named = typeof claim === 'string' ? claim.split(/[\s,]+/) : Array.isArray(claim) ? claim : []
  const scopes = SCOPES.filter((scope: Scope) => named.includes(scope) || named.includes(`unswap:${scope}`))
  const name = [payload.name, payload.preferred_username, payload.email].find(
    (one) => typeof one === 'string',
  ) as string | undefined
  return {
    kind: 'user',
    id: `user:${sub}`,
    name: name?.replace(UNSEEN, '').slice(0, 128).toWellFormed() || sub,
    scopes: expandScopes(scopes.length > 0 ? scopes : access.oidcDefaultScopes),
    requestsPerMinute: null,
    analysesPerDay: null,
  }
}
