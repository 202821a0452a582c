import { UnswapError } from '@unswap/contract'
import { decodeJwt } from 'jose'
import * as client from 'openid-client'
import type { Config } from '../config.ts'

const SCOPE = 'openid profile email'
const DISCOVERY_SECONDS = 5

/**
 * What a browser keeps, in a cookie, while its user signs in at the issuer. It ties the answer of the issuer to the
 * browser that began.
 */
interface PendingSignIn {
  readonly state: string
  readonly nonce: string
  readonly verifier: string
}

/** Signing in at the OpenID Connect issuer: authorization code with PKCE (RFC 6749, RFC 7636, RFC 9700). */
export interface IssuerSignIn {
  /**
   * The issuer's page to send the browser to, and what the browser must keep. `callback` must be registered with the
   * issuer.
   */
  begin(callback: string): Promise<{ readonly address: URL; readonly pending: PendingSignIn }>
  /**
   * Exchanges the code for a token: the access token when its audience is this service, else the identity token. The
   * signature is not checked here; see `createTokenVerifier`.
   * @param arrived The address at which the browser came back: `callback` with the issuer's parameters
   * @throws UnswapError `unauthorized` when the issuer refused, `overloaded` when it does not answer
   */
  finish(arrived: URL, pending: PendingSignIn): Promise<string>
}

/** Null when no issuer, or no client id for this page, is configured. */
export function openIssuerSignIn(access: Config['access']): IssuerSignIn | null {
  if (access.oidcIssuer === '' || access.oidcClientId === '') return null
  let found: Promise<client.Configuration> | null = null
  const configuration = async () => {
    found ??= discover(access)
    try {
      return await found
    } catch (cause) {
      found = null
      throw unreachable(cause)
    }
  }
  return {
    async begin(callback) {
      const issuer = await configuration()
      const pending = {
        state: client.randomState(),
        nonce: client.randomNonce(),
        verifier: client.randomPKCECodeVerifier(),
      }
      const address = client.buildAuthorizationUrl(issuer, {
        redirect_uri: callback,
        scope: SCOPE,
        state: pending.state,
        nonce: pending.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(pending.verifier),
        code_challenge_method: 'S256',
      })
      return { address, pending }
    },
    async finish(arrived, { state, nonce, verifier }) {
      const issuer = await configuration()
      const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier }
      try {
        const { access_token, id_token } = await client.authorizationCodeGrant(issuer, arrived, checks)
        return isFor(access_token, access.oidcAudience) ? access_token : id_token!
      } catch (cause) {
        if (cause instanceof TypeError || (cause as Error).name === 'TimeoutError') throw unreachable(cause)
        throw new UnswapError('unauthorized', 'The issuer did not sign you in; try again.', { cause })
      }
    },
  }
}

/** Whether the token names this audience. Access tokens of some issuers are opaque; those do not. */
function isFor(token: string, audience: string): boolean {
  try {
    return [decodeJwt(token).aud].flat().includes(audience)
  } catch {
    return false
  }
}

async function discover(access: Config['access']): Promise<client.Configuration> {
  const issuer = new URL(access.oidcIssuer)
  const secret = access.oidcClientSecret
  return client.discovery(
    issuer,
    access.oidcClientId,
    undefined,
    secret === '' ? client.None() : client.ClientSecretBasic(secret),
    {
      timeout: DISCOVERY_SECONDS,
      // Plain HTTP is allowed when the operator has configured it.
      execute: issuer.protocol === 'http:' ? [client.allowInsecureRequests] : [],
    },
  )
}

const unreachable = (cause: unknown) =>
  new UnswapError('overloaded', 'The issuer of tokens cannot be reached now; try again.', { cause })
