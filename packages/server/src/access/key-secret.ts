import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

const PREFIX = 'usk_'

/** A new API key: `usk_` and 256 random bits. */
export const generateKeySecret = (): string => PREFIX + randomBytes(32).toString('base64url')

/** Whether a credential has the form of an API key; a token of the issuer has not. */
export const isKeySecret = (credential: string): boolean => credential.startsWith(PREFIX)

/**
 * The hash that is stored in place of a key. One round of SHA-256 is enough: unlike a password, 256 random bits
 * cannot be guessed.
 */
export const hashKeySecret = (secret: string): string => createHash('sha256').update(secret).digest('hex')

/** The start of a key, to recognise it in a list. */
export const startOfKeySecret = (secret: string): string => secret.slice(0, PREFIX.length + 6)

/** Compares two hashes in constant time, so that the time does not tell where they differ. */
export function sameHash(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
