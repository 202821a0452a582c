import { UnswapError } from '@unswap/contract'
import type { Config } from '../config.ts'
import type { Database } from '../storage/database.ts'
import { verifyKeySecret } from './api-keys.ts'
import type { Caller } from './caller.ts'
import { isKeySecret } from './key-secret.ts'
import { createTokenVerifier } from './verify-token.ts'

/**
 * A function that finds the caller behind a credential, which is an API key or a token of the issuer. It throws
 * UnswapError `unauthorized`, or `overloaded` when the issuer cannot be asked.
 */
export function createCredentialVerifier(db: Database, access: Config['access']) {
  const verifyToken = createTokenVerifier(access)
  return async (credential: string): Promise<Caller> => {
    if (isKeySecret(credential)) return verifyKeySecret(db, credential)
    if (verifyToken) return verifyToken(credential)
    throw new UnswapError('unauthorized', 'This is no API key of Unswap; keys start with usk_.')
  }
}
