import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

const PREFIX = 'usk_'

/** A new API key: `usk_` and 256 random bits. */
export const generateKeySecret = (): string => PREFIX + randomBytes(32).toString('base64url')

/** Whether a credential is meant as an API key. */
export const isKeySecret = (credential: string): boolean => credential.startsWith(PREFIX)

/**
 * What is stored of a key. A key has 256 bits of its own entropy, so one round of SHA-256 is enough: there is
 * nothing to guess, unlike with a password.
 */
export const hashKeySecret = (secret: string): string => createHash('sha256').update(secret).digest('hex')

/** Enough of a key to recognise it in a list. */
export const startOfKeySecret = (secret: string): string => secret.slice(0, PREFIX.length + 6)

/** Compares two hashes of equal length in a time that tells nothing of where they differ. */
export function sameHash(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
