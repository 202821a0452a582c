import Type, { type Static } from 'typebox'
import { Nullable, Time } from '../primitives.ts'

/** One change of state: who did what to what. Addresses are kept as a keyed hash only. */
export const AuditEntry = Type.Object({
  id: Type.String(),
  at: Time(),
  actor: Type.String({ description: 'key:<id>, user:<subject>, anonymous or system' }),
  action: Type.String({ description: 'analysis.create, analysis.delete, key.revoke, …' }),
  subject: Nullable(Type.String()),
  requestId: Nullable(Type.String()),
  address: Nullable(Type.String(), { description: 'keyed hash of the caller’s address' }),
})
export type AuditEntry = Static<typeof AuditEntry>

export const AuditQuery = Type.Object(
  {
    actor: Type.Optional(Type.String({ maxLength: 300, description: 'as entries name it' })),
    action: Type.Optional(Type.String({ maxLength: 64 })),
    subject: Type.Optional(Type.String({ maxLength: 64, description: 'id of what was changed' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 100 })),
    cursor: Type.Optional(Type.String({ maxLength: 512 })),
  },
  { additionalProperties: false },
)
export type AuditQuery = Static<typeof AuditQuery>

export const AuditList = Type.Object({
  items: Type.Array(AuditEntry),
  next: Nullable(Type.String()),
})
export type AuditList = Static<typeof AuditList>
