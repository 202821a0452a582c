import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Problem } from '@unswap/contract'
import Type from 'typebox'
import type { Service } from '../boot/service.ts'

/** Routes of one resource, given all that answering needs. */
export type Routes = FastifyPluginAsyncTypebox<{ service: Service }>

/** What every route may answer besides its own. */
export const PROBLEMS = {
  '4xx': { description: 'refused', content: { 'application/problem+json': { schema: Problem } } },
  '5xx': { description: 'failed', content: { 'application/problem+json': { schema: Problem } } },
}

export const Id = Type.Object({ id: Type.String({ maxLength: 64 }) })

/** Of routes that do nothing twice. */
export const IdempotencyHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({ description: 'the same for a repeat, which then gets what the first one made' }),
  ),
})

/** Bytes that are not JSON, for the description of the API. */
export const bytes = (description: string, ...types: string[]) => ({
  description,
  content: Object.fromEntries(types.map((type) => [type, { schema: Type.String({ format: 'binary' }) }])),
})

/** Answers that are no JSON object of one schema; they are described, and sent as they are. */
export const described = (response: Readonly<Record<string, unknown>>) =>
  ({ ...response, ...PROBLEMS }) as unknown as Record<string, Type.TUnknown>
