import Type, { type Static } from 'typebox'
import { Sha256 } from './primitives.ts'

/** SHA-256 of a public key as DER (SubjectPublicKeyInfo), in hexadecimal: how keys are told apart. */
const KeyId = Sha256({ description: 'SHA-256 of the public key as DER (SubjectPublicKeyInfo)' })

/**
 * An Ed25519 signature over the canonical JSON (RFC 8785) of the whole report. What is signed includes this object, but
 * not its `value`.
 */
export const Signature = Type.Object(
  {
    algorithm: Type.Literal('Ed25519'),
    keyId: KeyId,
    signedAt: Type.String({ description: 'RFC 3339, by the clock of the signer' }),
    value: Type.String({ description: 'the 64 bytes of the signature as base64url', maxLength: 128 }),
  },
  { description: 'over the canonical JSON (RFC 8785) of the report without `signature.value`' },
)
export type Signature = Static<typeof Signature>

/** A public key as RFC 8037 writes it. */
export const SigningKey = Type.Object({
  kty: Type.Literal('OKP'),
  crv: Type.Literal('Ed25519'),
  x: Type.String({ description: 'the 32 bytes of the public key as base64url', maxLength: 64 }),
  kid: KeyId,
  use: Type.Literal('sig'),
  alg: Type.Literal('EdDSA'),
})
export type SigningKey = Static<typeof SigningKey>

/** A JWK set (RFC 7517) of the keys whose signatures under reports are the service's own. */
export const SigningKeySet = Type.Object({ keys: Type.Array(SigningKey) }, { title: 'SigningKeySet' })
export type SigningKeySet = Static<typeof SigningKeySet>
