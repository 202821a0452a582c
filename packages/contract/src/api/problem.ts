import Type, { type Static } from 'typebox'
import type { ErrorCode } from '../errors.ts'
import { ERROR_CATEGORY } from '../errors.ts'

/** What every refusal and failure of the service looks like (RFC 9457, `application/problem+json`). */
export const Problem = Type.Object({
  type: Type.String({ description: 'urn:unswap:problem: and the code' }),
  title: Type.String(),
  status: Type.Integer({ minimum: 400, maximum: 599 }),
  code: Type.Enum(Object.keys(ERROR_CATEGORY) as ErrorCode[]),
  detail: Type.String({ description: 'what went wrong and what to do' }),
  retryable: Type.Boolean({ description: 'whether sending the same again can help' }),
  requestId: Type.Optional(Type.String()),
  errors: Type.Optional(
    Type.Array(Type.Object({ path: Type.String(), message: Type.String() }), {
      description: 'which fields were wrong',
    }),
  ),
})
export type Problem = Static<typeof Problem>
