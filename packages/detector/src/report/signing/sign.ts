import { type KeyObject, sign, verify } from 'node:crypto'
import { type Report, Signature } from '@unswap/contract'
import Value from 'typebox/value'
import { signedBytes } from './canonical.ts'
import { keyIdOf } from './signing-key.ts'

/** The report with a signature by the private Ed25519 key; one that it had is replaced. */
export function signReport(report: Report, key: KeyObject, now: Date): Report {
  const envelope = { algorithm: 'Ed25519', keyId: keyIdOf(key), signedAt: now.toISOString() } as const
  const value = sign(null, signedBytes({ ...report, signature: envelope }), key).toString('base64url')
  return { ...report, signature: { ...envelope, value } }
}

/** What a signature is worth. `key_unknown`: none of the given keys is that of the signature. */
export type SignatureState = 'valid' | 'invalid' | 'unsigned' | 'key_unknown'

/** Checks the signature of a parsed report against public keys. Never throws. */
export function checkSignature(
  report: Readonly<Record<string, unknown>>,
  keys: readonly KeyObject[],
): SignatureState {
  const { signature } = report
  if (signature === undefined || signature === null) return 'unsigned'
  if (!Value.Check(Signature, signature)) return 'invalid'
  const key = keys.find((one) => keyIdOf(one) === signature.keyId)
  if (key === undefined) return 'key_unknown'
  try {
    const value = Buffer.from(signature.value, 'base64url')
    return verify(null, signedBytes(report), key, value) ? 'valid' : 'invalid'
  } catch {
    return 'invalid' // a lone surrogate has no canonical form, so nobody can have signed it
  }
}
