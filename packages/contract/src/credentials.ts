import Type, { type Static } from 'typebox'
import { Nullable, Sha256 } from './primitives.ts'

const Words = Type.String({ maxLength: 200 })

/**
 * What content credentials (C2PA) in the media say, and the result of checking them. `state` is integrity: whether what
 * was signed is unaltered. `trust` is whether the signer is on the list of this machine. Neither touches the verdict.
 */
export const ContentCredentials = Type.Object(
  {
    state: Type.Enum(['none', 'valid', 'invalid', 'unsupported'], {
      description:
        'integrity: none in the media; unaltered since signed; altered, or not properly signed; there, but not readable here',
    }),
    codes: Type.Array(Words, {
      maxItems: 32,
      description: 'why not valid: status codes of C2PA, or those of Unswap, which start with `unswap.`',
    }),
    trust: Nullable(
      Type.Enum(['trusted', 'untrusted'], {
        description: 'whether the certificate leads to the configured list; null where no signature holds',
      }),
    ),
    trustList: Nullable(Sha256({ description: 'SHA-256 of the configured list; null for none' })),
    signer: Nullable(
      Type.Object({
        name: Nullable(Words),
        organisation: Nullable(Words),
        algorithm: Nullable(Words),
        signedAt: Nullable(Type.String({ maxLength: 200, description: 'of a time stamp authority' })),
      }),
    ),
    generator: Nullable(Type.String({ maxLength: 200, description: 'the program that wrote the claim' })),
    actions: Type.Array(
      Type.Object({
        action: Type.String({ maxLength: 200, description: 'such as c2pa.created or c2pa.edited' }),
        sourceType: Nullable(
          Type.String({ maxLength: 200, description: 'last part of the IPTC digital source type' }),
        ),
        agent: Nullable(Words),
      }),
      { maxItems: 32, description: 'what is claimed to have been done, in order' },
    ),
    ingredients: Type.Integer({ minimum: 0, description: 'media that it is claimed to be made from' }),
  },
  { title: 'ContentCredentials', description: 'content credentials (C2PA); they never touch the verdict' },
)
export type ContentCredentials = Static<typeof ContentCredentials>
