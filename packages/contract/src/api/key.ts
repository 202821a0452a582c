import Type, { type Static } from 'typebox'
import { Text } from './text.ts'

/** What a caller may do. `admin` includes the others. */
export const SCOPES = ['analyze', 'read', 'feedback', 'admin'] as const
export const Scope = Type.Enum([...SCOPES])
export type Scope = (typeof SCOPES)[number]

const Time = Type.String({ format: 'date-time' })
const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

const Bound = Type.Integer({ minimum: 1, maximum: 1_000_000_000, description: 'instead of the default' })

/** `POST /api/v1/keys` (admin). */
export const KeyRequest = Type.Object(
  {
    name: Text({ minLength: 1, maxLength: 100 }),
    scopes: Type.Array(Scope, { minItems: 1, uniqueItems: true }),
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
  createdAt: Time,
  expiresAt: Nullable(Time),
  lastUsedAt: Nullable(Time),
  revokedAt: Nullable(Time),
})
export type Key = Static<typeof Key>

/** The only time that the secret is told. */
export const KeyCreated = Type.Object({ key: Key, secret: Type.String({ pattern: '^usk_' }) })
export type KeyCreated = Static<typeof KeyCreated>

export const KeyList = Type.Object({ items: Type.Array(Key) })
export type KeyList = Static<typeof KeyList>

/** `GET /api/v1/session`: who is asking, and how one signs in. */
export const Session = Type.Object({
  kind: Type.Enum(['none', 'anonymous', 'key', 'user']),
  name: Nullable(Type.String()),
  scopes: Type.Array(Scope),
  oidc: Nullable(
    Type.Object({
      issuer: Type.String(),
      audience: Type.String(),
      signIn: Type.Boolean({ description: 'whether a browser can sign in there: `/api/v1/session/start`' }),
    }),
  ),
})
export type Session = Static<typeof Session>

/** `POST /api/v1/session`: keeps a key or token in a cookie that scripts cannot read, so that pictures load. */
export const SessionRequest = Type.Object(
  { token: Type.String({ minLength: 8, maxLength: 8192 }) },
  { additionalProperties: false },
)
export type SessionRequest = Static<typeof SessionRequest>
