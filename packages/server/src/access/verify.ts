import { UnswapError } from '@unswap/contract'
import type { Config } from '../config.ts'
import type { Database } from '../storage/database.ts'
import type { Caller } from './caller.ts'
import { verifySecret } from './keys.ts'
import { tokenVerifier } from './oidc.ts'
import { isSecret } from './secret.ts'

/**
 * Turns a credential, a key of the service or a token of the issuer, into its caller.
 * @throws UnswapError (the function that is returned) `unauthorized`; `overloaded` when the issuer cannot be asked
 */
export function credentialVerifier(db: Database, access: Config['access']) {
  const verifyToken = tokenVerifier(access)
  return async (credential: string): Promise<Caller> => {
    if (isSecret(credential)) return verifySecret(db, credential)
    if (verifyToken) return verifyToken(credential)
    throw new UnswapError('unauthorized', 'This is no API key of Unswap; keys start with usk_.')
  }
}
