import fc, { type Arbitrary } from 'fast-check'

/** As much of JSON Schema as the API description uses. */
export interface Schema {
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly Schema[]
  readonly format?: string
  readonly pattern?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly exclusiveMinimum?: number
  readonly maximum?: number
  readonly items?: Schema
  readonly minItems?: number
  readonly maxItems?: number
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
}

/** Bytes of media, where a value stands for a file. */
export const FILE = Symbol('file')

/** Strings at which parsers, databases, paths and pages go wrong. */
const TRICKS = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\u{1f3ad}',
  '\ud800',
  'NaN',
  '-1',
  '1e999',
  '0x10',
  '9007199254740993',
  '../../etc/passwd',
  '%2e%2e%2f',
  "' OR 1=1 --",
  '<script>alert(1)</script>',
  '\r\nX-Header: 1',
  '__proto__',
  'null',
  'true',
  'x'.repeat(5000),
  '2026-13-45T99:99:99Z',
  '+275760-09-13T00:00:00.001Z',
  'W10',
  'WzFlMzA4LCJhIl0',
  'W251bGwsIiJd',
  'WzAsIlx1MDAwMCJd',
]

/** Values that mostly fit the schema. */
export function fitting(schema: Schema): Arbitrary<unknown> {
  if (schema.enum) return fc.constantFrom(...schema.enum)
  if (schema.const !== undefined) return fc.constant(schema.const)
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((one) => fitting(one)))
  switch (schema.type) {
    case 'string':
      return text(schema)
    case 'integer':
      return fc.integer({ min: schema.minimum ?? -1000, max: schema.maximum ?? 1000 })
    case 'number':
      return fc.double({
        min: schema.exclusiveMinimum ?? schema.minimum ?? -1000,
        max: schema.maximum ?? 1000,
        noNaN: true,
      })
    case 'boolean':
      return fc.boolean()
    case 'array':
      return fc.array(fitting(schema.items ?? {}), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(4, schema.maxItems ?? 4),
      })
    case 'object':
      return object(schema, fitting)
    default:
      return fc.jsonValue({ maxDepth: 2 })
  }
}

/** Values of which some part does not fit, or fits only just. */
export function straining(schema: Schema): Arbitrary<unknown> {
  const anything = fc.oneof(
    fc.constantFrom<unknown>(...TRICKS),
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom<unknown>(0, -1, 2 ** 31, 2 ** 53, -(2 ** 63), 1e308, 0.1),
    fc.string({ unit: 'binary', maxLength: 40 }),
  )
  if (schema.type === 'object') return fc.oneof(object(schema, straining), anything)
  return fc.oneof({ weight: 2, arbitrary: fitting(schema) }, { weight: 3, arbitrary: anything })
}

function object(schema: Schema, inner: (schema: Schema) => Arbitrary<unknown>): Arbitrary<unknown> {
  const fields = Object.entries(schema.properties ?? {}).map(([name, field]) => [name, inner(field)])
  return fc.record(Object.fromEntries(fields), { requiredKeys: [...(schema.required ?? [])] as never[] })
}

function text({ format, pattern, minLength = 0, maxLength = 60 }: Schema): Arbitrary<unknown> {
  if (format === 'binary') return fc.constant(FILE)
  if (format === 'date-time') return fc.date({ noInvalidDate: true }).map((date) => date.toISOString())
  const rule = new RegExp(pattern ?? '')
  const tricks = TRICKS.filter((one) => one.length >= minLength && one.length <= maxLength && rule.test(one))
  const plain = pattern
    ? fc.stringMatching(rule)
    : fc.string({ minLength, maxLength: Math.max(minLength, Math.min(60, maxLength)) })
  return tricks.length === 0 ? plain : fc.oneof(plain, fc.constantFrom(...tricks))
}
