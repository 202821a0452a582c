import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto'
import { SigningKey, type SigningKeySet, UnswapError } from '@unswap/contract'
import Type from 'typebox'
import Value from 'typebox/value'

/** A new private key as PEM (PKCS#8). */
export const createSigningKey = (): string =>
  generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }) as string

/**
 * An Ed25519 private key in PEM. `file` is for the message.
 * @throws UnswapError `signing_key_invalid`
 */
export function readSigningKey(pem: string, file: string): KeyObject {
  const key = attempt(() => createPrivateKey(pem), `${file} holds no private key in PEM`)
  return ed25519(key, file)
}

/**
 * Public keys in a text: PEM of a public or private key, or a JWK set of which the Ed25519 keys count.
 * @throws UnswapError `signing_key_invalid` when there is none
 */
export function readPublicKeys(text: string, file: string): KeyObject[] {
  if (!text.trimStart().startsWith('{')) {
    return [
      ed25519(
        attempt(() => createPublicKey(text), `${file} holds no public key in PEM`),
        file,
      ),
    ]
  }
  const set = attempt((): unknown => JSON.parse(text), `${file} is not JSON`)
  const keys = Value.Check(AnySet, set) ? set.keys : []
  const usable = keys
    .filter((jwk) => jwk.kty === 'OKP' && jwk.crv === 'Ed25519')
    .map((jwk) => attempt(() => createPublicKey({ key: jwk, format: 'jwk' }), `${file} holds a broken key`))
  if (usable.length > 0) return usable
  throw new UnswapError('signing_key_invalid', `${file} is no JWK set with an Ed25519 key.`)
}

const AnySet = Type.Object({ keys: Type.Array(Type.Partial(Type.Pick(SigningKey, ['kty', 'crv', 'x']))) })

/** SHA-256 of the public half as DER: `openssl pkey -in key.pem -pubout -outform DER | sha256sum`. */
export const keyIdOf = (key: KeyObject): string =>
  createHash('sha256')
    .update(publicHalf(key).export({ type: 'spki', format: 'der' }))
    .digest('hex')

/** The public half as PEM. */
export const publicPem = (key: KeyObject): string =>
  publicHalf(key).export({ type: 'spki', format: 'pem' }) as string

/** Keys as a JWK set, each once. */
export function toKeySet(keys: readonly KeyObject[]): SigningKeySet {
  const byId = new Map(keys.map((key) => [keyIdOf(key), publicHalf(key)]))
  return {
    keys: [...byId].map(([kid, key]) => {
      const { x } = key.export({ format: 'jwk' })
      return { kty: 'OKP', crv: 'Ed25519', x: x!, kid, use: 'sig', alg: 'EdDSA' }
    }),
  }
}

const publicHalf = (key: KeyObject): KeyObject => (key.type === 'public' ? key : createPublicKey(key))

function ed25519(key: KeyObject, file: string): KeyObject {
  if (key.asymmetricKeyType === 'ed25519') return key
  throw new UnswapError(
    'signing_key_invalid',
    `${file} holds a key of the kind ${key.asymmetricKeyType}; reports are signed with Ed25519. Make one with \`unswap signing new\`.`,
  )
}

function attempt<T>(work: () => T, fault: string): T {
  try {
    return work()
  } catch (cause) {
    throw new UnswapError('signing_key_invalid', `${fault}.`, { cause })
  }
}
