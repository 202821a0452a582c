import * as contract from '@unswap/contract'
import Type, { type TSchema } from 'typebox'
import * as compatibility from '../compat/compat-schema.ts'

type Json = null | boolean | number | string | Json[] | { [name: string]: Json }

const PREFIX = '#/components/schemas/'

/** What clients are made from has types for these; plain strings and numbers need no name. */
const isNamed = (value: unknown): value is TSchema =>
  [Type.IsObject, Type.IsUnion, Type.IsIntersect, Type.IsEnum, Type.IsTuple].some((is) => is(value))

/**
 * A description of an API in which every schema that has a name in the contract stands once, under that name, and is
 * referred to everywhere else. Whoever makes a client from it gets types called `Report`, `Verdict`, `Problem`, …
 * Schemas are told apart by all that they say: the same words are the same schema.
 */
export function nameSchemas<T extends object>(description: T): T {
  const { components = {}, ...rest } = plain(description) as { components?: { schemas?: Json } }
  const { schemas: given = {}, ...others } = components
  const whole = resolve(rest as Json, given as Record<string, Json>)

  const names = new Map<string, string>()
  for (const [name, schema] of Object.entries({ ...contract, ...compatibility })) {
    if (isNamed(schema)) names.set(JSON.stringify(modern(plain(schema))), name)
  }
  const used: Record<string, Json> = {}
  const within = (value: Json): Json => mapJson(value, refer)
  const refer = (value: Json): Json => {
    if (value === null || typeof value !== 'object') return value
    const name = names.get(JSON.stringify(value))
    if (name === undefined) return within(value)
    used[name] ??= within(value)
    return { $ref: PREFIX + name }
  }
  const named = refer(whole) as Record<string, Json>
  const sorted = Object.fromEntries(Object.entries(used).sort(([a], [b]) => (a < b ? -1 : 1)))
  return { ...named, components: { ...others, schemas: sorted } } as unknown as T
}

/** Without what is not JSON; ids are of no use where schemas are referred to by their place. */
const plain = (value: unknown): Json =>
  JSON.parse(JSON.stringify(value, (key, inner) => (key === '$id' ? undefined : inner))) as Json

/** References replaced by what they refer to. */
function resolve(value: Json, schemas: Record<string, Json>): Json {
  const reference = isRecord(value) && typeof value.$ref === 'string' ? value.$ref : ''
  const found = reference.startsWith(PREFIX) ? schemas[reference.slice(PREFIX.length)] : undefined
  if (found !== undefined) return resolve(found, schemas)
  return modern(mapJson(value, (inner) => resolve(inner, schemas)))
}

/** The words of OpenAPI 3.1, where TypeBox writes others: tuples as in draft 7 of JSON Schema, records by a pattern. */
function modern(value: Json): Json {
  const inner = mapJson(value, modern)
  if (!isRecord(inner)) return inner
  const { items, additionalItems, patternProperties, ...rest } = inner
  if (Array.isArray(items)) return { ...rest, prefixItems: items, items: additionalItems ?? true }
  if (isRecord(patternProperties ?? null)) {
    return { ...rest, additionalProperties: Object.values(patternProperties!)[0]! }
  }
  return inner
}

const isRecord = (value: Json): value is Record<string, Json> =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

function mapJson(value: Json, change: (inner: Json) => Json): Json {
  if (Array.isArray(value)) return value.map(change)
  if (!isRecord(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, change(inner)]))
}
