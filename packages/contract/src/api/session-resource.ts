import Type, { type Static } from 'typebox'
import { Nullable } from '../primitives.ts'
import { Scope } from '../vocabulary-schema.ts'

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
