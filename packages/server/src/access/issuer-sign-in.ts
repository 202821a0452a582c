import { UnswapError } from '@unswap/contract'
import { decodeJwt } from 'jose'
import * as client from 'openid-client'
import type { Config } from '../config.ts'

const SCOPE = 'openid profile email'
const DISCOVERY_SECONDS = 5

/** What a browser keeps between leaving for the issuer and coming back, so that nobody else’s return is taken for its own. */
interface PendingSignIn {
  readonly state: string
  readonly nonce: string
  readonly verifier: string
}

/** Signing in at the OpenID Connect issuer: authorization code with PKCE (RFC 6749, RFC 7636, RFC 9700). */
export interface IssuerSignIn {
  /** Where to send the browser, and what it keeps. `callback` is registered with the issuer. */
  begin(callback: string): Promise<{ readonly address: URL; readonly pending: PendingSignIn }>
  /**
   * The token for which the issuer exchanged the code: the access token where it is made out to this service, and the
   * identity token otherwise. Its signature is yet to be checked.
   * @param arrived The address at which the browser came back: `callback` with what the issuer added.
   * @throws UnswapError `unauthorized` where the issuer refused, `overloaded` where it does not answer.
   */
  finish(arrived: URL, pending: PendingSignIn): Promise<string>
}

/** Null when no issuer, or no client of this page at it, is configured. */
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

/** Whether a token says so; issuers may also give access tokens that only they can read. */
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
      // whoever runs the service has written http themselves
      execute: issuer.protocol === 'http:' ? [client.allowInsecureRequests] : [],
    },
  )
}

const unreachable = (cause: unknown) =>
  new UnswapError('overloaded', 'The issuer of tokens cannot be reached now; try again.', { cause })
