import type { Problem } from '@unswap/contract'
import type Type from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import { Refusal } from '../to-problem.ts'

/** One way in which a value breaks its schema. `instancePath` is a JSON pointer. */
export interface Fault {
  readonly instancePath: string
  readonly message: string
  readonly params?: object
}

/** Deepest nesting and most keys and items of a value, both far above what any request of the API needs. */
const MOST_LEVELS = 16
const MOST_PARTS = 1000

/** Most faults that are reported; nobody mends more at a time. */
const MOST_FAULTS = 20

const validators = new WeakMap<Type.TSchema, Validator>()

/**
 * Checks a value that anybody may have sent. Its size is bounded first, because validators list faults and compare
 * items in quadratic time.
 * @returns At most `MOST_FAULTS`; none when the value follows the schema
 */
function findFaults(schema: Type.TSchema, value: unknown): readonly Fault[] {
  const excess = findExcess(schema, value)
  return excess === null ? listFaults(schema, value) : [excess]
}

/** As `findFaults`, of a value whose size `findExcess` has bounded. */
export function listFaults(schema: Type.TSchema, value: unknown): readonly Fault[] {
  const validator = validators.get(schema) ?? Compile(schema)
  validators.set(schema, validator)
  return validator.Check(value) ? [] : validator.Errors(value).slice(0, MOST_FAULTS)
}

/**
 * Returns the value when it follows the schema.
 * @throws Refusal `body_invalid`, naming each wrong field
 */
export function checkSchema<T extends Type.TSchema>(schema: T, options: unknown): Type.Static<T> {
  const faults = findFaults(schema, options)
  if (faults.length === 0) return options as Type.Static<T>
  const errors: Problem['errors'] = faults.map(({ instancePath, message, params }) => {
    const extra = (params as { additionalProperties?: string[] } | undefined)?.additionalProperties
    return { path: extra ? extra.slice(0, 5).join(', ').slice(0, 200) : instancePath.slice(1), message }
  })
  const said = errors.slice(0, 5).map(({ path, message }) => `${path} ${message}`)
  throw new Refusal('body_invalid', `The options are wrong: ${said.join('; ')}.`, { errors })
}

type Shape = Type.TSchema & {
  readonly maxItems?: number
  readonly items?: Shape
  readonly properties?: Readonly<Record<string, Shape>>
}

/** The first list that is longer than its schema allows, or the place where the value as a whole is too large. */
export function findExcess(schema: Shape, value: unknown): Fault | null {
  const waiting: { shape: Shape | undefined; value: unknown; path: string; level: number }[] = [
    { shape: schema, value, path: '', level: 1 },
  ]
  let parts = 0
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { shape, value, path, level } = next
    if (typeof value !== 'object' || value === null) continue
    const most = Array.isArray(value) ? (shape?.maxItems ?? MOST_PARTS) : MOST_PARTS
    const keys = Array.isArray(value) ? value.length : Object.keys(value).length
    parts += keys
    if (keys > most) return { instancePath: path, message: `must not have more than ${most} items` }
    if (parts > MOST_PARTS) return { instancePath: path, message: `has more than ${MOST_PARTS} values` }
    if (level > MOST_LEVELS) return { instancePath: path, message: `is nested deeper than ${MOST_LEVELS}` }
    for (const [key, inner] of Object.entries(value)) {
      const own = Array.isArray(value) ? shape?.items : shape?.properties?.[key]
      waiting.push({ shape: own, value: inner, path: `${path}/${key.slice(0, 100)}`, level: level + 1 })
    }
  }
  return null
}
