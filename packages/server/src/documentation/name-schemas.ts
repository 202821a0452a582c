import * as contract from '@unswap/contract'
import Type, { type TSchema } from 'typebox'
import * as compatibility from '../compat/compat-schema.ts'

type Json = null | boolean | number | string | Json[] | { [name: string]: Json }

const PREFIX = '#/components/schemas/'

/** Schemas that get a name. Plain strings and numbers need none. */
const isNamed = (value: unknown): value is TSchema =>
  [Type.IsObject, Type.IsUnion, Type.IsIntersect, Type.IsEnum, Type.IsTuple].some((is) => is(value))

/**
 * Gives every schema of the contract its name in the API description. Each stands once under `components`, and is
 * referred to elsewhere, so that generated clients get types such as `Report` and `Problem`. Two schemas are the same
 * when their JSON is the same.
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

/** The value as JSON, without `$id`: references go by place, not by id. */
const plain = (value: unknown): Json =>
  JSON.parse(JSON.stringify(value, (key, inner) => (key === '$id' ? undefined : inner))) as Json

/** Replaces references by the schemas that they refer to. */
function resolve(value: Json, schemas: Record<string, Json>): Json {
  const reference = isRecord(value) && typeof value.$ref === 'string' ? value.$ref : ''
  const found = reference.startsWith(PREFIX) ? schemas[reference.slice(PREFIX.length)] : undefined
  if (found !== undefined) return resolve(found, schemas)
  return modern(mapJson(value, (inner) => resolve(inner, schemas)))
}

/** Translates TypeBox's keywords to those of OpenAPI 3.1: tuples (JSON Schema draft 7) and records (patterns). */
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
