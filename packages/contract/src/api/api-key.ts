import Type, { type Static } from 'typebox'
import { Nullable, Text, Time } from '../primitives.ts'
import { SCOPES } from '../vocabulary.ts'
import { Scope } from '../vocabulary-schema.ts'

const Bound = Type.Integer({ minimum: 1, maximum: 1_000_000_000, description: 'instead of the default' })

/** `POST /api/v1/keys` (admin). */
export const KeyRequest = Type.Object(
  {
    name: Text({ minLength: 1, maxLength: 100 }),
    scopes: Type.Array(Scope, { minItems: 1, maxItems: SCOPES.length, uniqueItems: true }),
    expiresInDays: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 3660 })),
    requestsPerMinute: Type.Optional(Bound),
    analysesPerDay: Type.Optional(Bound),
  },
  { additionalProperties: false },
)
export type KeyRequest = Static<typeof KeyRequest>

/** An API key as it is shown: never its secret. */
export const Key = Type.Object({
  id: Type.String(),
  name: Type.String(),
  start: Type.String({ description: 'first characters of the secret, to recognise it' }),
  scopes: Type.Array(Scope),
  requestsPerMinute: Nullable(Type.Integer()),
  analysesPerDay: Nullable(Type.Integer()),
  createdAt: Time(),
  expiresAt: Nullable(Time()),
  lastUsedAt: Nullable(Time()),
  revokedAt: Nullable(Time()),
})
export type Key = Static<typeof Key>

/** The answer to a new key, the only one that contains the secret. */
export const KeyCreated = Type.Object({ key: Key, secret: Type.String({ pattern: '^usk_' }) })
export type KeyCreated = Static<typeof KeyCreated>

export const KeyList = Type.Object({ items: Type.Array(Key) })
export type KeyList = Static<typeof KeyList>
