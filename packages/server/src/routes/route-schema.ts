import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Problem } from '@unswap/contract'
import Type from 'typebox'
import type { Service } from '../boot/service.ts'

/** A Fastify plugin with the routes of one resource. */
export type Routes = FastifyPluginAsyncTypebox<{ service: Service }>

/** The errors that every route may answer. */
export const PROBLEMS = {
  '4xx': { description: 'refused', content: { 'application/problem+json': { schema: Problem } } },
  '5xx': { description: 'failed', content: { 'application/problem+json': { schema: Problem } } },
}

export const Id = Type.Object({ id: Type.String({ maxLength: 64 }) })

/** The header of routes that are idempotent. */
export const IdempotencyHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({ description: 'the same for a repeat, which then gets what the first one made' }),
  ),
})

/** Describes an answer of bytes for the API description. */
export const bytes = (description: string, ...types: string[]) => ({
  description,
  content: Object.fromEntries(types.map((type) => [type, { schema: Type.String({ format: 'binary' }) }])),
})

/** For routes whose answers are not one JSON schema: they are described, and sent as they are. */
export const described = (response: Readonly<Record<string, unknown>>) =>
  ({ ...response, ...PROBLEMS }) as unknown as Record<string, Type.TUnknown>
